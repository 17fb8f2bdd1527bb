-- CreateTable
CREATE TABLE "scans" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "test_id" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "assessment" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "verdict" TEXT,
    "source" JSONB NOT NULL,
    "requested_by" TEXT,
    "profile" TEXT NOT NULL,
    "manifest_digest" TEXT NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "commit" TEXT,
    "content_hash" TEXT,
    "findings" JSONB,
    "violations" JSONB NOT NULL DEFAULT '[]',
    "artifacts" JSONB NOT NULL DEFAULT '{}',
    "bundle" TEXT,
    "bundle_digest" TEXT,
    "upload_status" TEXT NOT NULL DEFAULT 'pending',
    "permit_id" TEXT,
    "denial_reason" TEXT,
    "golden_manifest" TEXT,
    "oci_reference" TEXT,
    "indexed" INTEGER,
    "warnings" JSONB NOT NULL DEFAULT '[]',
    "errors" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "scans_pkey" PRIMARY KEY ("tenant","workspace","test_id")
);

-- CreateTable
CREATE TABLE "permits" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "test_id" TEXT NOT NULL,
    "bundle_digest" TEXT NOT NULL,
    "permitted" BOOLEAN NOT NULL,
    "reason" TEXT,
    "detail" TEXT,
    "statement" BYTEA,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "permits_pkey" PRIMARY KEY ("tenant","workspace","id")
);

-- CreateTable
CREATE TABLE "search_documents" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "severity" TEXT,
    "rule" TEXT,
    "tool" TEXT,
    "path" TEXT,
    "component" TEXT,
    "test_id" TEXT,
    "extra" JSONB NOT NULL DEFAULT '{}',
    "lexemes" tsvector NOT NULL,
    "embedding" BYTEA,
    "captured_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "search_documents_pkey" PRIMARY KEY ("tenant","workspace","id")
);

-- CreateIndex
CREATE INDEX "scans_tenant_workspace_created_at_test_id_idx" ON "scans"("tenant", "workspace", "created_at" DESC, "test_id" DESC);

-- CreateIndex
CREATE INDEX "scans_tenant_workspace_component_created_at_test_id_idx" ON "scans"("tenant", "workspace", "component", "created_at" DESC, "test_id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "permits_tenant_workspace_test_id_bundle_digest_key" ON "permits"("tenant", "workspace", "test_id", "bundle_digest");

-- CreateIndex
CREATE INDEX "search_documents_lexemes_idx" ON "search_documents" USING GIN ("lexemes");

-- CreateIndex
CREATE INDEX "search_documents_tenant_workspace_captured_at_id_idx" ON "search_documents"("tenant", "workspace", "captured_at" DESC, "id");

-- CreateIndex
CREATE INDEX "search_documents_tenant_workspace_test_id_idx" ON "search_documents"("tenant", "workspace", "test_id");


-- CreateTable
CREATE TABLE "received_documents" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "media_type" TEXT NOT NULL,
    "received_by" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "received_documents_pkey" PRIMARY KEY ("tenant","workspace","name")
);

-- CreateTable
CREATE TABLE "failed_uploads" (
    "tenant" TEXT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "workspace" TEXT NOT NULL,
    "name" TEXT,
    "code" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "failed_uploads_pkey" PRIMARY KEY ("tenant","id")
);

-- CreateTable
CREATE TABLE "upload_sessions" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "error" JSONB,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "upload_sessions_pkey" PRIMARY KEY ("tenant","workspace","id")
);

-- CreateTable
CREATE TABLE "upload_parts" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "upload_id" TEXT NOT NULL,
    "offset" BIGINT NOT NULL,
    "size" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,

    CONSTRAINT "upload_parts_pkey" PRIMARY KEY ("tenant","workspace","upload_id","offset")
);

-- CreateTable
CREATE TABLE "promotions" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "test_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "order_id" TEXT,
    "requested_by" TEXT NOT NULL,
    "documents" INTEGER NOT NULL,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "clean" INTEGER NOT NULL DEFAULT 0,
    "masked" INTEGER NOT NULL DEFAULT 0,
    "withheld" INTEGER NOT NULL DEFAULT 0,
    "permit_id" TEXT,
    "denial" TEXT,
    "golden_manifest" TEXT,
    "oci_reference" TEXT,
    "log_index" BIGINT,
    "error" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "promotions_pkey" PRIMARY KEY ("tenant","workspace","test_id")
);

-- CreateTable
CREATE TABLE "promotion_items" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "test_id" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "media_type" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "kinds" JSONB NOT NULL DEFAULT '[]',
    "after" JSONB,
    "review_id" TEXT,

    CONSTRAINT "promotion_items_pkey" PRIMARY KEY ("tenant","workspace","test_id","ordinal")
);

-- CreateTable
CREATE TABLE "privacy_policies" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "set_by" TEXT NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL,
    "order_id" TEXT NOT NULL,

    CONSTRAINT "privacy_policies_pkey" PRIMARY KEY ("tenant","workspace","version")
);

-- CreateTable
CREATE TABLE "privacy_scans" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "prefix" TEXT,
    "test_id" TEXT,
    "dry_run" BOOLEAN NOT NULL,
    "policy_digest" TEXT,
    "scanned" INTEGER NOT NULL DEFAULT 0,
    "clean" INTEGER NOT NULL DEFAULT 0,
    "masked" INTEGER NOT NULL DEFAULT 0,
    "quarantined" INTEGER NOT NULL DEFAULT 0,
    "requested_by" TEXT NOT NULL,
    "error" JSONB,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "privacy_scans_pkey" PRIMARY KEY ("tenant","workspace","id")
);

-- CreateTable
CREATE TABLE "privacy_results" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "scan_id" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "inspection" JSONB NOT NULL,
    "review_id" TEXT,

    CONSTRAINT "privacy_results_pkey" PRIMARY KEY ("tenant","workspace","scan_id","ordinal")
);

-- CreateTable
CREATE TABLE "reviews" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "subject" JSONB NOT NULL,
    "digest" TEXT NOT NULL,
    "test_id" TEXT,
    "inspection" JSONB NOT NULL,
    "rules" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "decisions" JSONB NOT NULL DEFAULT '[]',
    "released_as" TEXT,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "reviews_pkey" PRIMARY KEY ("tenant","workspace","id")
);

-- CreateTable
CREATE TABLE "retention_policies" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "set_by" TEXT NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL,
    "order_id" TEXT NOT NULL,

    CONSTRAINT "retention_policies_pkey" PRIMARY KEY ("tenant","workspace","version")
);

-- CreateTable
CREATE TABLE "golden_copies" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "test_id" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "bundle_digest" TEXT NOT NULL,
    "manifest_key" TEXT NOT NULL,
    "files" INTEGER NOT NULL,
    "bytes" BIGINT NOT NULL,
    "promoted_at" TIMESTAMPTZ(3) NOT NULL,
    "class" TEXT NOT NULL DEFAULT 'hot',
    "class_since" TIMESTAMPTZ(3) NOT NULL,
    "legal_hold" JSONB,
    "audited_at" TIMESTAMPTZ(3),
    "drift" JSONB NOT NULL DEFAULT '[]',
    "deletion" JSONB,

    CONSTRAINT "golden_copies_pkey" PRIMARY KEY ("tenant","workspace","test_id")
);

-- CreateTable
CREATE TABLE "golden_audits" (
    "id" TEXT NOT NULL,
    "tenant" TEXT,
    "workspace" TEXT,
    "state" TEXT NOT NULL,
    "sample" DOUBLE PRECISION NOT NULL,
    "checked" INTEGER NOT NULL DEFAULT 0,
    "drifted" INTEGER NOT NULL DEFAULT 0,
    "drift" JSONB NOT NULL DEFAULT '[]',
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "golden_audits_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subscriptions" (
    "tenant" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "events" TEXT[],
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("tenant","id")
);

-- CreateTable
CREATE TABLE "event_deliveries" (
    "tenant" TEXT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "subscription_id" TEXT NOT NULL,
    "event_id" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL,
    "detail" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_deliveries_pkey" PRIMARY KEY ("tenant","id")
);

-- CreateIndex
CREATE INDEX "received_documents_tenant_workspace_received_at_idx" ON "received_documents"("tenant", "workspace", "received_at");

-- CreateIndex
CREATE INDEX "upload_sessions_state_expires_at_idx" ON "upload_sessions"("state", "expires_at");

-- CreateIndex
CREATE INDEX "promotions_tenant_workspace_created_at_test_id_idx" ON "promotions"("tenant", "workspace", "created_at" DESC, "test_id" DESC);

-- CreateIndex
CREATE INDEX "privacy_scans_tenant_workspace_started_at_idx" ON "privacy_scans"("tenant", "workspace", "started_at" DESC);

-- CreateIndex
CREATE INDEX "reviews_tenant_workspace_state_opened_at_idx" ON "reviews"("tenant", "workspace", "state", "opened_at");

-- CreateIndex
CREATE INDEX "golden_copies_class_audited_at_idx" ON "golden_copies"("class", "audited_at");

-- CreateIndex
CREATE INDEX "golden_copies_class_promoted_at_idx" ON "golden_copies"("class", "promoted_at");

-- CreateIndex
CREATE INDEX "golden_audits_started_at_idx" ON "golden_audits"("started_at" DESC);

-- CreateIndex
CREATE INDEX "event_deliveries_tenant_subscription_id_id_idx" ON "event_deliveries"("tenant", "subscription_id", "id" DESC);

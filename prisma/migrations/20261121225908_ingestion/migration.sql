-- AlterTable
ALTER TABLE "search_documents" ADD COLUMN     "document_id" TEXT,
ADD COLUMN     "envelope" JSONB,
ADD COLUMN     "ingestion_id" TEXT,
ADD COLUMN     "labels" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "language" TEXT,
ADD COLUMN     "licenses" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "location" TEXT,
ADD COLUMN     "package" TEXT,
ADD COLUMN     "package_version" TEXT,
ADD COLUMN     "source" TEXT,
ADD COLUMN     "source_id" TEXT;

-- CreateTable
CREATE TABLE "ingestion_sources" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "config" JSONB NOT NULL,
    "reading" JSONB NOT NULL DEFAULT '{}',
    "labels" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "checkpoint" JSONB,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "ingestion_sources_pkey" PRIMARY KEY ("tenant","workspace","id")
);

-- CreateTable
CREATE TABLE "ingestions" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "source_id" TEXT,
    "kind" TEXT NOT NULL,
    "location" TEXT NOT NULL,
    "config" JSONB NOT NULL,
    "reading" JSONB NOT NULL DEFAULT '{}',
    "labels" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "component" TEXT,
    "state" TEXT NOT NULL,
    "cursor" JSONB,
    "pages" INTEGER NOT NULL DEFAULT 0,
    "progress" JSONB NOT NULL,
    "requested_by" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "error" JSONB,

    CONSTRAINT "ingestions_pkey" PRIMARY KEY ("tenant","workspace","id")
);

-- CreateTable
CREATE TABLE "ingested_items" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "document_id" TEXT NOT NULL,
    "rules" TEXT NOT NULL,
    "records" INTEGER NOT NULL,
    "bytes" BIGINT NOT NULL,
    "ingestion_id" TEXT NOT NULL,
    "seen_by" TEXT NOT NULL,
    "indexed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ingested_items_pkey" PRIMARY KEY ("tenant","workspace","origin","key")
);

-- CreateTable
CREATE TABLE "failed_items" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "ingestion_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "item" JSONB NOT NULL,
    "code" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "tries" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "failed_items_pkey" PRIMARY KEY ("tenant","workspace","ingestion_id","key")
);

-- CreateTable
CREATE TABLE "embeddings" (
    "tenant" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "vector" BYTEA NOT NULL,

    CONSTRAINT "embeddings_pkey" PRIMARY KEY ("tenant","model","content_hash")
);

-- CreateIndex
CREATE INDEX "ingestion_sources_tenant_workspace_created_at_id_idx" ON "ingestion_sources"("tenant", "workspace", "created_at" DESC, "id");

-- CreateIndex
CREATE INDEX "ingestions_tenant_workspace_started_at_id_idx" ON "ingestions"("tenant", "workspace", "started_at" DESC, "id");

-- CreateIndex
CREATE INDEX "ingestions_tenant_workspace_source_id_started_at_idx" ON "ingestions"("tenant", "workspace", "source_id", "started_at" DESC);

-- CreateIndex
CREATE INDEX "ingested_items_tenant_workspace_ingestion_id_idx" ON "ingested_items"("tenant", "workspace", "ingestion_id");

-- CreateIndex
CREATE INDEX "ingested_items_tenant_workspace_document_id_idx" ON "ingested_items"("tenant", "workspace", "document_id");

-- CreateIndex
CREATE INDEX "search_documents_tenant_workspace_ingestion_id_idx" ON "search_documents"("tenant", "workspace", "ingestion_id");

-- CreateIndex
CREATE INDEX "search_documents_tenant_workspace_document_id_idx" ON "search_documents"("tenant", "workspace", "document_id");

-- CreateIndex
CREATE INDEX "search_documents_tenant_workspace_source_id_idx" ON "search_documents"("tenant", "workspace", "source_id");

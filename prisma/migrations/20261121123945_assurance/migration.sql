-- AlterTable
ALTER TABLE "scans" ADD COLUMN     "baseline" TEXT,
ADD COLUMN     "changes" JSONB,
ADD COLUMN     "origin_digest" TEXT,
ADD COLUMN     "request" JSONB,
ADD COLUMN     "tools" JSONB NOT NULL DEFAULT '[]',
ALTER COLUMN "manifest_digest" DROP NOT NULL;

-- CreateTable
CREATE TABLE "findings" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "test_id" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "component" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "fingerprints" TEXT[],
    "kind" TEXT NOT NULL,
    "tools" TEXT[],
    "rule" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "rank" SMALLINT NOT NULL,
    "path" TEXT,
    "start_line" INTEGER,
    "suppressed" BOOLEAN NOT NULL,
    "change" TEXT NOT NULL,
    "document" JSONB NOT NULL,

    CONSTRAINT "findings_pkey" PRIMARY KEY ("tenant","workspace","test_id","ordinal")
);

-- CreateTable
CREATE TABLE "triage_decisions" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "component" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3),
    "decided_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "triage_decisions_pkey" PRIMARY KEY ("tenant","workspace","id")
);

-- CreateTable
CREATE TABLE "scan_events" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "test_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "scan_events_pkey" PRIMARY KEY ("tenant","workspace","test_id","seq")
);

-- CreateTable
CREATE TABLE "scan_streams" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "test_id" TEXT NOT NULL,
    "length" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "scan_streams_pkey" PRIMARY KEY ("tenant","workspace","test_id")
);

-- CreateIndex
CREATE INDEX "findings_tenant_workspace_test_id_rank_ordinal_idx" ON "findings"("tenant", "workspace", "test_id", "rank", "ordinal");

-- CreateIndex
CREATE INDEX "triage_decisions_tenant_workspace_component_fingerprint_id_idx" ON "triage_decisions"("tenant", "workspace", "component", "fingerprint", "id" DESC);

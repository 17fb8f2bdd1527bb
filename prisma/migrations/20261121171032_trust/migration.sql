-- DropIndex
DROP INDEX "permits_tenant_workspace_test_id_bundle_digest_key";

-- AlterTable
ALTER TABLE "permits" ADD COLUMN     "bypass" JSONB,
ADD COLUMN     "facts" JSONB,
ADD COLUMN     "ground" TEXT NOT NULL DEFAULT 'run',
ADD COLUMN     "log_entry_id" TEXT,
ADD COLUMN     "log_index" BIGINT,
ADD COLUMN     "log_proof" TEXT,
ADD COLUMN     "policy_digest" TEXT,
ADD COLUMN     "rekor" JSONB,
ADD COLUMN     "shadow" JSONB,
ADD COLUMN     "tainted" JSONB,
ADD COLUMN     "tier" TEXT NOT NULL DEFAULT 'verified',
ADD COLUMN     "violations" JSONB NOT NULL DEFAULT '[]';

-- CreateTable
CREATE TABLE "permit_uses" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "permit_id" TEXT NOT NULL,
    "destination" TEXT NOT NULL,
    "used_by" TEXT NOT NULL,
    "used_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "permit_uses_pkey" PRIMARY KEY ("tenant","workspace","permit_id","destination")
);

-- CreateTable
CREATE TABLE "signing_keys" (
    "tenant" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "signing" BOOLEAN,
    "holder" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "certificate" TEXT,
    "not_before" TIMESTAMPTZ(3),
    "not_after" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "deactivated_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "revocation_reason" TEXT,
    "invalid_since" TIMESTAMPTZ(3),
    "order_id" TEXT NOT NULL,

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("tenant","id")
);

-- CreateTable
CREATE TABLE "key_sets" (
    "tenant" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "statement" BYTEA NOT NULL,
    "digest" TEXT NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "key_sets_pkey" PRIMARY KEY ("tenant","version")
);

-- CreateTable
CREATE TABLE "orders" (
    "tenant" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "statement" BYTEA NOT NULL,
    "given_by" TEXT NOT NULL,
    "given_at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" JSONB,
    "carried_out_at" TIMESTAMPTZ(3),

    CONSTRAINT "orders_pkey" PRIMARY KEY ("tenant","id")
);

-- CreateTable
CREATE TABLE "trust_events" (
    "tenant" TEXT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "type" TEXT NOT NULL,
    "about" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "once" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "trust_events_pkey" PRIMARY KEY ("tenant","id")
);

-- CreateTable
CREATE TABLE "enrolment_passwords" (
    "tenant" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "enrolment_passwords_pkey" PRIMARY KEY ("tenant","id")
);

-- CreateTable
CREATE TABLE "password_failures" (
    "tenant" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "password_failures_pkey" PRIMARY KEY ("tenant","hour")
);

-- CreateTable
CREATE TABLE "enrolments" (
    "tenant" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "csr" TEXT NOT NULL,
    "challenge" TEXT NOT NULL,
    "compliance_certificate" TEXT,
    "sample_verified_at" TIMESTAMPTZ(3),
    "certificate" TEXT,
    "gateway" JSONB,
    "order_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "enrolments_pkey" PRIMARY KEY ("tenant","id")
);

-- CreateTable
CREATE TABLE "issued_certificates" (
    "serial" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "certificate" TEXT NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "not_after" TIMESTAMPTZ(3) NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "revocation_reason" TEXT,
    "order_id" TEXT NOT NULL,

    CONSTRAINT "issued_certificates_pkey" PRIMARY KEY ("serial")
);

-- CreateTable
CREATE TABLE "revocation_lists" (
    "number" INTEGER NOT NULL,
    "der" BYTEA NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "next_update" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "revocation_lists_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "trust_policies" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "mode" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "set_by" TEXT NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL,
    "order_id" TEXT NOT NULL,

    CONSTRAINT "trust_policies_pkey" PRIMARY KEY ("tenant","workspace","version")
);

-- CreateTable
CREATE TABLE "attached_statements" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "test_id" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "predicate_type" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "statement" BYTEA NOT NULL,
    "attached_by" TEXT NOT NULL,
    "attached_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "attached_statements_pkey" PRIMARY KEY ("tenant","workspace","test_id","digest")
);

-- CreateTable
CREATE TABLE "signatures" (
    "tenant" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "item" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "subjects" TEXT[],
    "predicate_type" TEXT,
    "key_id" TEXT NOT NULL,
    "bundle_key" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "log_index" BIGINT,
    "log_entry_id" TEXT,
    "signed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "signatures_pkey" PRIMARY KEY ("tenant","workspace","id","item")
);

-- CreateTable
CREATE TABLE "known_digests" (
    "tenant" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "test_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "known_digests_pkey" PRIMARY KEY ("tenant","sha256","workspace","test_id","name")
);

-- CreateTable
CREATE TABLE "log_leaves" (
    "index" BIGINT NOT NULL,
    "entry_id" BYTEA NOT NULL,
    "entry" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "workspace" TEXT,
    "test_id" TEXT,
    "signer" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_leaves_pkey" PRIMARY KEY ("index")
);

-- CreateTable
CREATE TABLE "log_tiles" (
    "level" INTEGER NOT NULL,
    "index" BIGINT NOT NULL,
    "hashes" BYTEA NOT NULL,

    CONSTRAINT "log_tiles_pkey" PRIMARY KEY ("level","index")
);

-- CreateTable
CREATE TABLE "log_checkpoints" (
    "size" BIGINT NOT NULL,
    "root" BYTEA NOT NULL,
    "note" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_checkpoints_pkey" PRIMARY KEY ("size")
);

-- CreateIndex
CREATE INDEX "signing_keys_not_after_idx" ON "signing_keys"("not_after");

-- CreateIndex
CREATE UNIQUE INDEX "signing_keys_tenant_environment_signing_key" ON "signing_keys"("tenant", "environment", "signing");

-- CreateIndex
CREATE UNIQUE INDEX "trust_events_tenant_once_key" ON "trust_events"("tenant", "once");

-- CreateIndex
CREATE INDEX "enrolment_passwords_tenant_digest_idx" ON "enrolment_passwords"("tenant", "digest");

-- CreateIndex
CREATE INDEX "issued_certificates_tenant_key_id_idx" ON "issued_certificates"("tenant", "key_id");

-- CreateIndex
CREATE UNIQUE INDEX "log_leaves_entry_id_key" ON "log_leaves"("entry_id");

-- CreateIndex
CREATE INDEX "log_leaves_tenant_index_idx" ON "log_leaves"("tenant", "index" DESC);

-- CreateIndex
CREATE INDEX "log_leaves_test_id_idx" ON "log_leaves" USING HASH ("test_id");

-- CreateIndex
CREATE UNIQUE INDEX "permits_tenant_workspace_test_id_bundle_digest_ground_key" ON "permits"("tenant", "workspace", "test_id", "bundle_digest", "ground");

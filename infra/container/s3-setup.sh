#!/bin/sh
# Gives every trust zone its own account at the S3 gateway, and to each bucket the writers it may have:
#   uploads  written by the API and, to put together what came in pieces, by transform; read by assurance and ingest
#   raw      written by assurance, read by trust, transform and the API
#   golden   written by transform, read by ingest, the API, trust and assurance
#   quarantine  written by transform, read by the API
#   archive  written by transform
#   keys     sealed private keys: written by assurance, which reads them, and by the API, which cannot
# May run again: what is there is kept, and a changed secret takes effect.
set -eu
gateway="${VERSITYGW:-versitygw}"
admin() { "$gateway" admin --endpoint-url "$S3_ENDPOINT" "$@"; }

account() {
  if admin list-users | grep -q "^certus-$1 "; then
    admin update-user --access "certus-$1" --secret "$2" --role user
  else
    admin create-user --access "certus-$1" --secret "$2" --role user
  fi
}

bucket() {
  name="$1" owner="$2"
  shift 2
  if admin list-buckets | grep -q "^$name "; then return; fi
  admin create-bucket --bucket "$name" --owner "certus-$owner" --object-ownership BucketOwnerPreferred "$@"
}

account api "$S3_API_SECRET"
account assurance "$S3_ASSURANCE_SECRET"
account trust "$S3_TRUST_SECRET"
account transform "$S3_TRANSFORM_SECRET"
account ingest "$S3_INGEST_SECRET"
bucket uploads api --grant-read certus-assurance,certus-transform,certus-ingest --grant-write certus-transform
bucket raw assurance --grant-read certus-trust,certus-transform,certus-api
bucket golden transform --grant-read certus-ingest,certus-api,certus-trust,certus-assurance
bucket quarantine transform --grant-read certus-api
bucket archive transform
bucket keys assurance --grant-write certus-api
echo 'accounts and buckets are in place'

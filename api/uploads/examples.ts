import type { UploadedDocument, UploadSessionView } from '../../contracts/uploads.ts';

const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const UPLOAD_ID = `upload_${'0123456789abcdef'.repeat(2)}`;

export const documentExample: UploadedDocument = {
  bucket: 'uploads',
  key: 'default/default/incoming/active/contract.pdf',
  name: 'active/contract.pdf',
  sha256: DIGEST,
  size: 48_213,
  media_type: 'application/pdf',
  uploaded_at: '2026-01-01T00:00:00.000Z',
};

export const sessionRequestExamples = {
  resumable: { name: 'active/recording.mp4', size: 5_368_709_120, sha256: DIGEST },
  presigned: { name: 'active/contract.pdf', size: 48_213, sha256: DIGEST, mode: 'presigned' },
};

export const sessionExample: UploadSessionView = {
  upload_id: UPLOAD_ID,
  name: 'active/recording.mp4',
  size: 5_368_709_120,
  sha256: DIGEST,
  mode: 'resumable',
  state: 'open',
  offset: 67_108_864,
  part_bytes_max: 67_108_864,
  expires_at: '2026-01-02T00:00:00.000Z',
  presigned: null,
  document: null,
  error: null,
};

export const presignedExample: UploadSessionView = {
  ...sessionExample,
  name: documentExample.name,
  size: documentExample.size,
  mode: 'presigned',
  offset: 0,
  presigned: {
    url: 'https://s3.example.org/uploads/default/default/parts/x/0000000000000000?X-Amz-Signature=…',
    method: 'PUT',
    headers: { 'x-amz-checksum-sha256': 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=' },
  },
};

export const receivedExample: UploadSessionView = {
  ...sessionExample,
  name: documentExample.name,
  size: documentExample.size,
  state: 'received',
  offset: documentExample.size,
  document: documentExample,
};

/** User metadata that is ours and not the caller's. */
export const OWN_METADATA = 'certus-';

/** SHA-256 of the whole object; S3's own checksum of an upload in parts is one of its parts. */
export const DIGEST = 'certus-sha256';

/** Who wrote it, so that a writer whose answer got lost on the network can tell that the object is its own. */
export const WRITER = 'certus-writer';

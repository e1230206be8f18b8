/** How sure we are of a payment's evidence: asked the provider itself, a signature over the bytes, a shared secret only. */
export const trustLevels = ['fetched', 'signed', 'token'] as const;
export type Trust = (typeof trustLevels)[number];

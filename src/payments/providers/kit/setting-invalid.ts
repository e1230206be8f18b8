/** A provider's setting cannot be used; the message names the setting and never its value. */
export class ProviderSettingInvalid extends Error {
  override readonly name = 'ProviderSettingInvalid';
}

/** Of a secret that is being rotated the first is sent, and all of them verify. */
export function firstOf(values: readonly string[], setting: string): string {
  const [first] = values;
  if (first === undefined || first === '') throw new ProviderSettingInvalid(`${setting} is empty`);
  return first;
}

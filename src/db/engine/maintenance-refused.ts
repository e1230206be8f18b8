/** A backup or a restore that was not made; nothing was changed. The message is for whoever asked for it. */
export class MaintenanceRefused extends Error {
  override readonly name = 'MaintenanceRefused';
}

/** The transaction's body waited for something that is not the database (a timer, the network) and was rolled back. */
export class TransactionTimedOut extends Error {
  override readonly name = 'TransactionTimedOut';
}

/** Stores were used after their transaction or read had ended, or from outside it. */
export class TransactionEnded extends Error {
  override readonly name = 'TransactionEnded';
}

/**
 * The COMMIT failed: nothing of the transaction, nor of those that shared its commit, was stored. When the connection to
 * PostgreSQL was lost during the COMMIT the outcome is not known, and the message says so.
 */
export class CommitFailed extends Error {
  override readonly name = 'CommitFailed';
}

export class DatabaseClosed extends Error {
  override readonly name = 'DatabaseClosed';
}

/** The database was migrated by a later release, and this one would misread it. */
export class DatabaseNewer extends Error {
  override readonly name = 'DatabaseNewer';
}

/** The database did not answer in time, or cannot be written to. */
export class DatabaseUnavailable extends Error {
  override readonly name: string = 'DatabaseUnavailable';
}

/** Another process owns the SQLite file. Nothing was changed; the message is for the admin who started this one. */
export class DatabaseInUse extends Error {
  override readonly name = 'DatabaseInUse';
}

/**
 * The SQLite file, or its log, is not the one that was opened: somebody deleted, replaced or overwrote it. What was written
 * since is lost with it, and the message says which file it is.
 */
export class DatabaseLost extends DatabaseUnavailable {
  override readonly name: string = 'DatabaseLost';
}

/** A backup or a restore that was not made; nothing was changed. The message is for the admin who ran the command. */
export class MaintenanceRefused extends Error {
  override readonly name = 'MaintenanceRefused';
}

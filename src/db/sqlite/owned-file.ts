import type { Milliseconds } from '#kernel/clock.ts';
import { claimSqlite } from './claim.ts';
import type { WritingConnection } from './commit-batcher.ts';
import {
  asWritingConnection,
  openReader,
  openWriter,
  refuseToWait,
  resolveFile,
  type SqliteConnection,
} from './connections.ts';
import { type OpenedFiles, watchOpenedFiles } from './opened-files.ts';

/** The file, owned by this process from before it is opened until after it is closed. */
export interface OwnedFile {
  readonly path: string;
  readonly writer: SqliteConnection;
  readonly reader: SqliteConnection;
  /** One more reading connection, which sees the file as it is now until it is closed. */
  openMoment(): SqliteConnection;
  /** The writer's statements. Beginning and committing throw DatabaseLost when the file under the name is another one. */
  readonly writing: WritingConnection;
  readonly files: Pick<OpenedFiles, 'require' | 'requireForRead' | 'watch'>;
  /** May be called twice. */
  close(): void;
}

/** Throws DatabaseInUse, and has changed nothing then, when another process owns the file. */
export function openOwnedFile(file: string, { claimWaitMs }: { claimWaitMs: Milliseconds }): OwnedFile {
  const path = resolveFile(file);
  const claim = claimSqlite(path, claimWaitMs);
  try {
    const writer = openWriter(path);
    const files = watchOpenedFiles(path, { writer, beside: [claim.path] });
    const reader = openReader(path);
    for (const connection of [writer, reader]) refuseToWait(connection);
    const statements = asWritingConnection(writer);
    return {
      path,
      writer,
      reader,
      openMoment() {
        const connection = openReader(path);
        try {
          refuseToWait(connection);
          connection.exec('begin');
          // The moment is that of the first read.
          connection.prepare('select id from schema_migrations limit 1').get();
          return connection;
        } catch (error) {
          connection.close();
          throw error;
        }
      },
      writing: {
        ...statements,
        begin() {
          files.require();
          return statements.begin();
        },
        commit() {
          statements.commit();
          // What was written to a file that is gone by now must not be answered.
          files.require();
        },
      },
      files,
      close() {
        if (!writer.open) return;
        reader.close();
        writer.close();
        files.close();
        claim.release();
      },
    };
  } catch (error) {
    claim.release();
    throw error;
  }
}

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

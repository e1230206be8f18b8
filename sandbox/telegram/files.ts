import { Buffer } from 'node:buffer';
import type { RandomBytes } from '../kit/random.ts';
import { badRequest } from './api-error.ts';
import type { StoredFile } from './model.ts';
import type { Upload } from './params.ts';

const extensions: ReadonlyMap<string, string> = new Map([
  ['.png', 'image/png'],
  ['.jpg', 'image/jpeg'],
  ['.jpeg', 'image/jpeg'],
  ['.gif', 'image/gif'],
  ['.csv', 'text/csv'],
  ['.json', 'application/json'],
  ['.pdf', 'application/pdf'],
  ['.txt', 'text/plain'],
  ['.zip', 'application/zip'],
]);

export interface FileStore {
  save(folder: 'photos' | 'documents', upload: Upload): StoredFile;
  byId(fileId: string): StoredFile | undefined;
  byPath(path: string): StoredFile | undefined;
}

export function createFileStore(random: RandomBytes): FileStore {
  const word = (bytes: number) => Buffer.from(random(bytes)).toString('base64url');
  const byId = new Map<string, StoredFile>();
  const byPath = new Map<string, StoredFile>();
  return {
    save(folder, upload) {
      if (upload.bytes.length === 0) throw badRequest('file must be non-empty');
      const extension = /\.[a-z0-9]{1,8}$/i.exec(upload.name)?.[0].toLowerCase() ?? '';
      const path = `${folder}/file_${byId.size}${extension}`;
      const given =
        upload.mimeType === '' || upload.mimeType === 'application/octet-stream' ? undefined : upload.mimeType;
      const file: StoredFile = {
        fileId: `AgAC${word(24)}`,
        uniqueId: `AQAD${word(8)}`,
        path,
        name: upload.name || 'file',
        mimeType: extensions.get(extension) ?? given?.split(';')[0] ?? 'application/octet-stream',
        bytes: upload.bytes,
      };
      byId.set(file.fileId, file);
      byPath.set(path, file);
      return file;
    },
    byId: (fileId) => byId.get(fileId),
    byPath: (path) => byPath.get(path),
  };
}

/** Width and height of a PNG, JPEG or GIF; anything else is no photo. */
export function imageSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 24 && view.getUint32(0) === 0x89504e47) {
    return { width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (bytes.length >= 10 && view.getUint32(0) === 0x47494638) {
    return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  }
  return bytes.length >= 4 && view.getUint16(0) === 0xffd8 ? jpegSize(view) : undefined;
}

/** Walks the segments of a JPEG to its frame header (SOF0 to SOF15, without the tables that share the range). */
function jpegSize(view: DataView): { width: number; height: number } | undefined {
  let at = 2;
  while (at + 9 < view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

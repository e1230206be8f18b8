import { ApiError, badRequest } from './api-error.ts';
import { imageSize } from './files.ts';
import {
  checkCaptionLength,
  type Method,
  type MethodCall,
  messageCaption,
  ownMessage,
  replyTarget,
  writableChat,
} from './method-call.ts';
import { change, editMarkup, markupOf, send } from './methods-messages.ts';
import type { Media, StoredFile } from './model.ts';
import { jsonParam, textParam } from './params.ts';

const photoBytesMax = 10 * 1024 * 1024;
/** Width and height together, and their ratio. */
const photoSidesMax = 10_000;
const photoRatioMax = 20;
/** What a bot may fetch back; larger files can be sent but not downloaded. */
const downloadBytesMax = 20 * 1024 * 1024;

export const sendPhoto: Method = (call) => sendMedia(call, 'photo');
export const sendDocument: Method = (call) => sendMedia(call, 'document');

function sendMedia(call: MethodCall, kind: Media['kind']): unknown {
  const file = inputFile(call, kind);
  const content = messageCaption(call);
  const markup = markupOf(call);
  const chat = writableChat(call);
  const replyToId = replyTarget(call, chat);
  checkCaptionLength(content);
  const media = mediaOf(file, kind);
  return send(call, { chat, content, markup, replyToId, media });
}

function mediaOf(file: StoredFile, kind: Media['kind']): Media {
  return kind === 'photo' ? photo(file) : { kind, file };
}

const mediaKinds: readonly Media['kind'][] = ['photo', 'document'];

/**
 * Puts another picture or file, with its caption, in the place of the one that a message has. The caption and its markup
 * belong to the medium and not to the call.
 */
export const editMessageMedia: Method = (call) => {
  const given = jsonParam(call.params, 'media', 'input media');
  if (typeof given !== 'object' || given === null) throw badRequest("can't parse InputMedia: expected an Object");
  const { type, media: place, ...rest } = given as Record<string, unknown>;
  const kind = mediaKinds.find((each) => each === type);
  if (!kind) throw badRequest(`can't parse InputMedia: type "${String(type ?? '')}" is unsupported`);
  if (typeof place !== 'string' || place === '') throw badRequest("can't parse InputMedia: media not found");
  const inner = { ...call, params: { fields: { ...rest, [kind]: place }, uploads: call.params.uploads } };
  const keyboard = editMarkup(call);
  const chat = writableChat(call);
  const message = ownMessage(call, chat);
  if (!message.media) throw badRequest('there is no media in the message to edit');
  const file = inputFile(inner, kind);
  const content = messageCaption(inner);
  checkCaptionLength(content);
  return change(call, { chat, message, content, media: mediaOf(file, kind), keyboard });
};

/** An upload under the parameter's name, one it points to with `attach://`, or a file sent before. */
function inputFile({ platform, params }: MethodCall, kind: Media['kind']): StoredFile {
  const value = textParam(params, kind)?.trim() ?? '';
  const partName = value.startsWith('attach://') ? value.slice('attach://'.length) : kind;
  const upload = params.uploads.get(partName);
  if (upload) return platform.files.save(`${kind}s`, upload);
  if (value === '' || value.startsWith('attach://')) throw badRequest(`there is no ${kind} in the request`);
  if (/^https?:\/\//i.test(value)) throw badRequest('failed to get HTTP URL content');
  const known = platform.files.byId(value);
  if (!known) throw badRequest('wrong file identifier/HTTP URL specified');
  return known;
}

function photo(file: StoredFile): Media {
  const size = imageSize(file.bytes);
  if (!size || size.width === 0 || size.height === 0) throw badRequest('IMAGE_PROCESS_FAILED');
  if (file.bytes.length > photoBytesMax) {
    throw badRequest(
      `file of size ${file.bytes.length} bytes is too big for a photo; the maximum size is ${photoBytesMax} bytes`,
    );
  }
  const { width, height } = size;
  const isTooLong = Math.max(width, height) / Math.min(width, height) > photoRatioMax;
  if (width + height > photoSidesMax || isTooLong) throw badRequest('PHOTO_INVALID_DIMENSIONS');
  return { kind: 'photo', file, width, height };
}

export const getFile: Method = ({ platform, params }) => {
  const id = textParam(params, 'file_id') ?? '';
  if (id === '') throw badRequest('file_id not specified');
  const file = platform.files.byId(id);
  if (!file) throw badRequest('wrong file_id or the file is temporarily unavailable');
  if (file.bytes.length > downloadBytesMax) throw new ApiError(400, 'Bad Request: file is too big');
  return { file_id: file.fileId, file_unique_id: file.uniqueId, file_size: file.bytes.length, file_path: file.path };
};

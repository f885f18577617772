/** What a file of a run can be shown as. */

const IMAGES: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  bmp: 'image/bmp',
  gif: 'image/gif',
  ico: 'image/x-icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  webp: 'image/webp'
};

/** The media type of an image, by its name; null for anything else. */
export function imageType(path: string): string | null {
  const ending = /\.([^./]+)$/.exec(path)?.[1].toLowerCase() ?? '';
  return Object.hasOwn(IMAGES, ending) ? IMAGES[ending] : null;
}

/**
 * Whether pictures of this type can hold scripts. They don't run where the picture is shown, but
 * would where it is opened by itself: there they must not get JupyterLab's origin.
 */
export function mayHoldScripts(type: string): boolean {
  return type === 'image/svg+xml';
}

/** The text of a file, or null if it is none. The end may be cut within a character. */
export function textOf(bytes: Uint8Array): string | null {
  const text = new TextDecoder('utf-8').decode(bytes, { stream: true });
  if (text.includes('\0')) {
    return null;
  }
  const strange = text.split('\ufffd').length - 1;
  return strange > text.length / 100 ? null : text;
}

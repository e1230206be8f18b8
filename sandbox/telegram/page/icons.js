/** Line icons, drawn by hand so that the page needs nothing from outside. */
const paths = {
  back: '<path d="M15 5l-7 7 7 7"/>',
  more: '<path d="M12 5.500v.01M12 12v.01M12 18.500v.01" stroke-width="3"/>',
  menu: '<path d="M5 7h14M5 12h14M5 17h9"/>',
  close: '<path d="M6 6l12 12M18 6L6 18"/>',
  send: '<path d="M4 12l16-8-5 17-4-7-7-2z" fill="currentColor" stroke-width="1.500"/>',
  attach:
    '<path d="M20 11.500l-8 8a5 5 0 01-7-7l8.500-8.500a3.300 3.300 0 014.700 4.700L9.700 17.200a1.600 1.600 0 01-2.300-2.300l7.800-7.800"/>',
  down: '<path d="M6 9.500l6 6 6-6"/>',
  file: '<path d="M13 3H7a2 2 0 00-2 2v14a2 2 0 002 2h10a2 2 0 002-2V9z"/><path d="M13 3v6h6"/>',
  link: '<path d="M9 7h8v8M17 7L7 17"/>',
  copy: '<rect x="9" y="9" width="11" height="11" rx="2"/><path d="M5 15V6a2 2 0 012-2h8"/>',
  bell: '<path d="M6 16V11a6 6 0 0112 0v5l1.500 2h-15z" fill="currentColor" stroke-width="1"/><path d="M10 20.500h4"/>',
  muted: '<path d="M5 10v4h3l5 4V6l-5 4z"/><path d="M17 9.500l4 5M21 9.500l-4 5"/>',
};

export function icon(name, size = 24) {
  return `<svg width="${size}" height="${size}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${paths[name]}</svg>`;
}

import { expect, test } from 'vitest';
import { readFileUrl, readPath } from '#config/file-path.ts';

test.each([
  ['file:./data/a.db', './data/a.db'],
  ['file:a.db', 'a.db'],
  ['file:/srv/a.db', '/srv/a.db'],
  ['file:///srv/a.db', '/srv/a.db'],
  ['FILE:///srv/a.db', '/srv/a.db'],
  ['file://localhost/srv/a.db', '/srv/a.db'],
  ['file:///srv/my%20shop/a.db', '/srv/my shop/a.db'],
  ['file:./my%20shop/a.db', './my shop/a.db'],
  ['file:./my shop/a.db', './my shop/a.db'],
  ['file:./%24HOME/5$.db', './$HOME/5$.db'],
  ['file:./b%C3%BCcher/100%25.db', './bücher/100%.db'],
])('%s is the file %s', (url, path) => {
  expect(readFileUrl(url)).toEqual({ path });
});

test.each([
  ['file://server/share/a.db', /host after file/],
  ['file://./data/a.db', /host after file/],
  ['file://a.db', /host after file/],
  ['file:C:\\shop\\a.db', /drive of Windows/],
  ['file:///C:/shop/a.db', /drive of Windows/],
  ['file://C:/shop/a.db', /drive of Windows/],
  ['file:///c%3A/shop/a.db', /drive of Windows/],
  ['file:.\\data\\a.db', /write \/ between/],
  ['file:./a%20b%zz.db', /write %25/],
  ['file:./a.db?mode=ro', /%3F/],
  ['file:./a.db#1', /%23/],
  ['file:~/a.db', /begins with ~/],
  ['file:./data/', /names a folder/],
  ['file:', /names no file/],
  ['file://', /names no file|host after/],
  ['file:./new\nshop.db', /control character/],
  ['file:$HOME/a.db', /has \$ in it/],
  ['file:$(pwd)/a.db', /has \$ in it/],
  ['file::memory:', /names no file/],
])('%j is refused with the reason, instead of a database in a place that nobody meant', (url, reason) => {
  expect(readFileUrl(url)).toEqual({ fault: expect.stringMatching(reason) });
});

test('a path of the command line is taken as it is, and refused where this system cannot mean it', () => {
  expect(readPath('/srv/50%20 off.db')).toEqual({ path: '/srv/50%20 off.db' });
  expect(readPath('D:\\copies\\a.db')).toEqual({ fault: expect.stringContaining('drive of Windows') });
  expect(readPath('copies\\a.db')).toEqual({ fault: expect.stringContaining('write / between') });
});

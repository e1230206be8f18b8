import { describe, expect, test } from 'vitest';
import { ApiError } from '#sandbox/telegram/api-error.ts';
import { formatText } from '#sandbox/telegram/entities.ts';
import type { MessageEntity } from '#sandbox/telegram/model.ts';
import { renderHtml } from '#sandbox/telegram/render.ts';

const ada = { id: 7, is_bot: false, first_name: 'Ada' };

function format(text: string, parseMode?: string) {
  return formatText({ text, ...(parseMode ? { parseMode } : {}), findUser: (id) => (id === 7 ? ada : undefined) });
}

function refusal(text: string, parseMode: string): string {
  try {
    format(text, parseMode);
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
  return 'accepted';
}

/** `type:offset+length` in order, with what a type carries. */
function shape(entities: readonly MessageEntity[]): string {
  return entities
    .map((entity) => {
      const extra = entity.url ?? entity.language ?? entity.custom_emoji_id ?? entity.user?.id;
      return `${entity.type}:${entity.offset}+${entity.length}${extra === undefined ? '' : `(${extra})`}`;
    })
    .join(' ');
}

describe('HTML becomes text and entities, counted in UTF-16 units', () => {
  test.each([
    ['plain', 'plain', ''],
    ['<b>bold</b> <strong>too</strong>', 'bold too', 'bold:0+4 bold:5+3'],
    ['<i>a</i><em>b</em><u>c</u><ins>d</ins>', 'abcd', 'italic:0+1 italic:1+1 underline:2+1 underline:3+1'],
    ['<s>a</s><strike>b</strike><del>c</del>', 'abc', 'strikethrough:0+1 strikethrough:1+1 strikethrough:2+1'],
    ['<b>x<i>y</i></b>', 'xy', 'bold:0+2 italic:1+1'],
    ['🏟 🏟<i>🏟 &lt;🏟</i>', '🏟 🏟🏟 <🏟', 'italic:5+6'],
    ['&lt;&gt;&amp;&quot;&laquo;&#65;&#x42;', '<>&"&laquo;AB', ''],
    ['<i>a</>', 'a', 'italic:0+1'],
    ['<B>a</B   >', 'a', 'bold:0+1'],
    ['<b></b>x', 'x', ''],
    ['<a href="http://shop.test/?a=1&amp;b=2">x</a>', 'x', 'text_link:0+1(http://shop.test/?a=1&b=2)'],
    ['<a href=shop.test>x</a>', 'x', 'text_link:0+1(http://shop.test/)'],
    ['<a href="http://localhost:8080/">x</a>', 'x', ''],
    ['<a href="tg://user?id=7">Ada</a>', 'Ada', 'text_mention:0+3(7)'],
    ['<a href="tg://user?id=8">Bob</a>', 'Bob', ''],
    ['<span class="tg-spoiler">x</span><tg-spoiler>y</tg-spoiler>', 'xy', 'spoiler:0+1 spoiler:1+1'],
    ['<pre>a &amp; b</pre>', 'a & b', 'pre:0+5'],
    ['<pre><code class="language-ts">x</code></pre>', 'x', 'pre:0+1(ts)'],
    ['<code class="language-ts">x</code>', 'x', 'code:0+1'],
    ['<code><b>x</b></code>', 'x', 'code:0+1'],
    [
      '<blockquote>a</blockquote><blockquote expandable>b</blockquote>',
      'ab',
      'blockquote:0+1 expandable_blockquote:1+1',
    ],
    ['<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', '👍', 'custom_emoji:0+2(5368324170671202286)'],
    ['  <b>x</b>  ', 'x', 'bold:0+1'],
    ['a<b> </b>b', 'a b', ''],
  ])('%s', (source, text, entities) => {
    const formatted = format(source, 'HTML');
    expect([formatted.text, shape(formatted.entities)]).toEqual([text, entities]);
  });
});

describe('HTML that Telegram refuses is refused in its words, with byte offsets', () => {
  test.each([
    ['🏟 🏟&lt;<abacaba', 'Unclosed start tag at byte offset 13'],
    ['🏟 🏟&lt;<abac aba>', 'Unsupported start tag "abac" at byte offset 13'],
    ['a < b', 'Unsupported start tag "" at byte offset 2'],
    ['<br/>', 'Unsupported start tag "br/" at byte offset 0'],
    ['x <i   =aba>', 'Empty attribute name in the tag "i" at byte offset 2'],
    ['<i aba>x</i>', 'Expected equal sign in declaration of an attribute of the tag "i" at byte offset 0'],
    ['<i aba = ', 'Unclosed start tag "i" at byte offset 0'],
    ['<i aba = 1,', 'Unexpected end of name token at byte offset 9'],
    ['<i aba = "x>', 'Unclosed start tag at byte offset 0'],
    ['x</b>', 'Unexpected end tag at byte offset 1'],
    ['<b>x</b', 'Unclosed end tag at byte offset 4'],
    ['<b><i>x</b></i>', 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'],
    ['<b>x', 'Can\'t find end tag corresponding to start tag "b"'],
    ['<span>x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ['<tg-emoji emoji-id="9999999999999999999">x</tg-emoji>', 'Invalid custom emoji identifier specified'],
    [
      '&#xDFDF;',
      'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
    ],
  ])('%s', (source, message) => {
    expect(refusal(source, 'html')).toBe(`Bad Request: can't parse entities: ${message}`);
  });
});

describe('MarkdownV2 becomes text and entities', () => {
  test.each([
    ['*bold* _italic_ __under__ ~gone~ ||hidden||', 'bold italic under gone hidden'],
    ['*a _b_ c*', 'a b c'],
    ['`x_y` and ```\nblock\n``` end', 'x_y and block\n end'],
  ])('%s', (source, text) => {
    expect(format(source, 'MarkdownV2').text).toBe(text);
  });

  test.each([
    ['*b* _i_ __u__ ~s~ ||h||', 'bold:0+1 italic:2+1 underline:4+1 strikethrough:6+1 spoiler:8+1'],
    ['*a _b ~c~_*', 'bold:0+5 italic:2+3 strikethrough:4+1'],
    ['`*`', 'code:0+1'],
    ['```ts\nx```', 'pre:0+1(ts)'],
    ['```x```', 'pre:0+1'],
    ['[x](http://shop.test/a\\)b)', 'text_link:0+1(http://shop.test/a)b)'],
    ['[Ada](tg://user?id=7)', 'text_mention:0+3(7)'],
    ['![👍](tg://emoji?id=5368324170671202286)', 'custom_emoji:0+2(5368324170671202286)'],
    ['>a\n>b\nc', 'blockquote:0+4'],
    ['>a\n>b||', 'expandable_blockquote:0+3'],
    ['>a\n**>b', 'blockquote:0+2 blockquote:2+1'],
    ['1\\.5 \\*x\\*', ''],
  ])('%s', (source, entities) => {
    expect(shape(format(source, 'MarkdownV2').entities)).toBe(entities);
  });

  test.each([
    ['hello.', "Character '.' is reserved and must be escaped with the preceding '\\'"],
    ['a-b', "Character '-' is reserved and must be escaped with the preceding '\\'"],
    ['a | b', "Character '|' is reserved and must be escaped with the preceding '\\'"],
    ['a > b', "Character '>' is reserved and must be escaped with the preceding '\\'"],
    ['*unclosed', "Can't find end of Bold entity at byte offset 0"],
    ['é *a _b* c_', "Can't find end of Italic entity at byte offset 11"],
    ['```x', "Can't find end of Pre entity at byte offset 0"],
    ['[x](http://shop.test', "Can't find end of a URL at byte offset 4"],
    ['![x]', 'Custom emoji entity must contain a tg://emoji URL'],
    ['>*a\nb', "Can't find end of Bold entity at byte offset 1"],
  ])('%s is refused', (source, message) => {
    expect(refusal(source, 'MarkdownV2')).toBe(`Bad Request: can't parse entities: ${message}`);
  });
});

describe('the old Markdown', () => {
  test('marks four things and nests none', () => {
    const formatted = format('*b* _i_ `c` [x](shop.test) \\_', 'Markdown');
    expect(formatted.text).toBe('b i c x _');
    expect(shape(formatted.entities)).toBe('bold:0+1 italic:2+1 code:4+1 text_link:6+1(http://shop.test/)');
  });

  test('an open mark is refused', () => {
    expect(refusal('*x', 'Markdown')).toBe(
      "Bad Request: can't parse entities: Can't find end of the entity starting at byte offset 0",
    );
  });
});

test('an unknown parse mode is refused', () => {
  expect(refusal('x', 'BBCode')).toBe('Bad Request: unsupported parse_mode');
});

test('commands, mentions, links and tags are found in plain text, but not inside code', () => {
  expect(shape(format('/start@tk_bot @ada_l #paid $USD a@b.io https://x.test/y. 10/20').entities)).toBe(
    'bot_command:0+13 mention:14+6 hashtag:21+5 cashtag:27+4 email:32+6 url:39+16',
  );
  expect(shape(format('<code>/start</code>', 'HTML').entities)).toBe('code:0+6');
});

describe('entities given by the caller', () => {
  const given = (entities: unknown) => formatText({ text: 'hello', entities, findUser: () => undefined });

  test('hold as they are', () => {
    expect(shape(given([{ type: 'bold', offset: 0, length: 5 }]).entities)).toBe('bold:0+5');
  });

  test.each([
    [[{ type: 'bold', offset: 100, length: 1 }], 'entity begins after the end of the text at UTF-16 offset 100'],
    [
      [{ type: 'bold', offset: 0, length: 100 }],
      'entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100',
    ],
    [[{ type: 'bold', offset: -1, length: 1 }], 'receive an entity with incorrect offset -1'],
    [[{ type: 'glow', offset: 0, length: 1 }], "can't parse MessageEntity: Unsupported type specified"],
    [[{ type: 'text_link', offset: 0, length: 5, url: 'x' }], "entity URL 'x' is invalid: Wrong HTTP URL"],
    [[{ type: 'text_link', offset: 0, length: 5, url: '' }], "entity URL '' is invalid: URL host is empty"],
    [[{ type: 'text_link', offset: 0, length: 5 }], 'can\'t parse MessageEntity: Can\'t find field "url"'],
  ])('%j are refused', (entities, message) => {
    expect(() => given(entities)).toThrow(`Bad Request: ${message}`);
  });
});

describe('the page', () => {
  test('gets HTML in which nothing but our own tags is markup', () => {
    const formatted = format('<b>&lt;img src=x&gt; <i>&quot;</i></b> &lt;script&gt;', 'HTML');
    expect(renderHtml(formatted)).toBe('<b>&lt;img src=x&gt; <i>&quot;</i></b> &lt;script&gt;');
  });

  test('gets entities that overlap as tags that nest', () => {
    const entities = [
      { type: 'bold', offset: 0, length: 3 },
      { type: 'italic', offset: 2, length: 3 },
    ];
    expect(renderHtml({ text: 'abcde', entities })).toBe('<b>ab<i>c</i></b><i>de</i>');
  });
});

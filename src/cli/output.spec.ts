import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inJson, plain, presentTable } from './output.js';

describe('plain', () => {
  it.each([
    ['Kamran Tessori', 'Kamran Tessori'],
    ['کامران ٹیسوری', 'کامران ٹیسوری'],
    ['two\nlines', 'two lines'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['turned \u202earound', 'turned  around'],
    [null, '–'],
  ])('makes %j %j', (text, shown) => {
    expect(plain(text)).toBe(shown);
  });

  it('leaves nothing that moves a cursor or turns the letters around, whatever the text', () => {
    const unit = fc.oneof(
      fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code)),
      fc.constantFrom('\u202a', '\u202e', '\u2066', '\u2069', '\u2028', '[', ']', 'ش'),
    );
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(plain(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe('inJson', () => {
  it('holds nothing that steers a terminal, and is what it was to whoever parses it', () => {
    const unit = fc.oneof(
      fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)),
      fc.constantFrom('\u202e', '\u2066', '\u2028', '\\', '"', 'ش', '😀'),
    );
    fc.assert(
      fc.property(fc.string({ unit }), (name) => {
        const text = inJson({ name });
        expect(text).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        expect(JSON.parse(text)).toEqual({ name });
      }),
    );
  });
});

describe('presentTable', () => {
  it('makes columns as wide as what is in them; marks take no room', () => {
    expect(
      presentTable([
        ['name', 'role'],
        ['Zoé', 'lead'],
        ['e\u0301e\u0301e\u0301e\u0301e\u0301', 'x'],
      ]),
    ).toEqual(['name   role', 'Zoé    lead', 'e\u0301e\u0301e\u0301e\u0301e\u0301  x']);
  });

  it.each([
    ['李小龙', 6],
    ['김정', 4],
    ['カナ', 4],
    ['😀', 2],
    ['🇵🇰', 2],
    ['＝', 2],
    ['ﺍﺣﻤﺪ', 4],
    ['\u200fاحمد\u200e', 4],
  ])('knows how much room %j takes', (name, width) => {
    expect(
      presentTable([
        ['a', 'b'],
        [name, 'x'],
      ])[0],
    ).toBe(`a${' '.repeat(width + 1)}b`);
  });
});

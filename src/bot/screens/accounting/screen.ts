import { defineScreen } from '../../kit/screen.ts';
import { onBookButton, onBooksButton, openBookDay, runBooks } from './books.ts';
import { readStartWord } from './books-view.ts';
import { runExport } from './period-export.ts';

export const accountingScreen = defineScreen({
  commands: [
    {
      command: 'books',
      usage: '[DAY]',
      description: 'the days that were closed',
      section: 'Reports',
      permission: 'accounting.read',
      run: runBooks,
    },
    {
      command: 'export',
      usage: '[30d | FROM TO]',
      description: 'orders and books as files',
      section: 'Reports',
      permission: 'accounting.export',
      run: runExport,
    },
  ],
  buttons: {
    books: { permission: 'accounting.read', run: onBooksButton },
    book: {
      permission: {
        show: 'accounting.read',
        chart: 'accounting.read',
        verify: 'accounting.read',
        export: 'accounting.export',
      },
      run: onBookButton,
    },
  },
  openers: { book: { permission: 'accounting.read', open: openBookDay } },
  readStartWord(word) {
    const day = readStartWord(word);
    return day === undefined ? undefined : { screen: 'book', day };
  },
});

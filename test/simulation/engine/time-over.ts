/** Why a deadline ends a call. One for all: making one with its stack takes longer than most calls. */
export const timeOver = new DOMException('the time is over', 'TimeoutError');

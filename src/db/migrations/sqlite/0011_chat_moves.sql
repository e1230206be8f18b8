CREATE TABLE `chat_moves` (
	`chat_id` integer PRIMARY KEY NOT NULL,
	`moved_to` integer NOT NULL,
	`at` integer NOT NULL
) STRICT;

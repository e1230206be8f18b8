CREATE TABLE "chat_moves" (
	"chat_id" bigint PRIMARY KEY NOT NULL,
	"moved_to" bigint NOT NULL,
	"at" bigint NOT NULL
);

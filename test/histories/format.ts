import proto, { type temporal } from '@temporalio/proto';

const { History } = proto.temporal.api.history.v1;
export type History = temporal.api.history.v1.IHistory;

// not the SDK's own conversion: it wants a single copy of protobufjs, which a package manager does not promise

export const toText = (history: History): string =>
  `${JSON.stringify(History.toObject(History.fromObject(history), { longs: String, enums: String, bytes: String }), null, 1)}\n`;

export const fromText = (text: string): History => History.fromObject(JSON.parse(text));

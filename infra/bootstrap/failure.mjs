/** Set-up cannot go on, for a reason that a person can do something about. */
export class SetUpFailure extends Error {
  name = 'SetUpFailure';
}

declare module 'spdx-expression-parse' {
  /** Throws when the text is no expression. */
  function parse(text: string): parse.LicenseNode;

  namespace parse {
    type LicenseNode =
      | { readonly license: string; readonly plus?: true; readonly exception?: string }
      | { readonly left: LicenseNode; readonly conjunction: 'and' | 'or'; readonly right: LicenseNode };
  }

  export = parse;
}

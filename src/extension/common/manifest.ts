/** The parts of the manifest's `contributes` that features fill, in VS Code's own shape, texts in English. */
export interface Contributions {
  readonly commands?: readonly CommandContribution[];
  readonly configuration?: readonly SettingsSection[];
  readonly menus?: Readonly<Record<string, readonly MenuItem[]>>;
  readonly submenus?: readonly object[];
  readonly keybindings?: readonly object[];
  readonly views?: Readonly<Record<string, readonly object[]>>;
  readonly viewsContainers?: Readonly<Record<string, readonly object[]>>;
  readonly viewsWelcome?: readonly object[];
  readonly languages?: readonly object[];
  readonly jsonValidation?: readonly object[];
  readonly walkthroughs?: readonly object[];
  readonly icons?: Readonly<Record<string, object>>;
}

export interface CommandContribution {
  readonly command: `retort.${string}`;
  readonly title: string;
  readonly icon?: `$(${string})`;
  /** A when clause; `needsTrust` adds `isWorkspaceTrusted` to it. */
  readonly enablement?: string;
  /** Runs, inspects, resumes, signals or bundles something: refused in an untrusted workspace, in code too. */
  readonly needsTrust?: true;
  /** When the palette offers it; `false`: never, as for those that need an argument. */
  readonly palette?: string | false;
}

export interface SettingsSection {
  readonly title: string;
  readonly properties: Readonly<Record<`retort.${string}`, SettingSchema>>;
}

export interface SettingSchema {
  readonly type: string;
  readonly default: unknown;
  readonly markdownDescription: string;
  readonly [key: string]: unknown;
}

export interface MenuItem {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
  readonly group?: string;
}

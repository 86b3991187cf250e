// How large an export may be. Checked against what headers claim and again while bytes are inflated.

export interface ExportLimits {
  /** Entries in all parts together, folders included. */
  maxFiles: number;
  /** Bytes of one file, inflated. */
  maxFileBytes: number;
  /** Bytes of all files together, inflated. */
  maxTotalBytes: number;
  /** Inflated bytes to one stored byte, for files above `RATIO_FLOOR_BYTES`. */
  maxRatio: number;
  /** 1 is a zip, 2 a zip of zips. */
  maxZipDepth: number;
  /** Folders inside each other. */
  maxFolderDepth: number;
  /** Bytes of one `.md` or `.csv`, which are read into memory. */
  maxTextBytes: number;
}

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** Small files of one repeated character compress beyond any ratio and harm nobody. */
export const RATIO_FLOOR_BYTES = MiB;

export const DEFAULT_LIMITS: ExportLimits = {
  maxFiles: 200_000,
  maxFileBytes: 5 * GiB, // the largest upload of the reference product
  maxTotalBytes: 100 * GiB,
  maxRatio: 200, // prose deflates about 3:1, repetitive CSV 50:1, a bomb 1,000:1
  maxZipDepth: 2,
  maxFolderDepth: 100,
  maxTextBytes: 64 * MiB,
};

/** The profiles of H.264 that are told apart when codecs are matched. */
export type H264Profile =
  | 'constrained-baseline'
  | 'baseline'
  | 'main'
  | 'constrained-high'
  | 'high'
  | 'predictive-high-444';

type Pattern = {
  profileIdc: number;
  /** The bits of profile-iop that count, and their value. */
  mask: number;
  value: number;
  profile: H264Profile;
};

/** RFC 6184 §8.1, table 5. The four low bits of profile-iop are reserved, but for High. */
const patterns: Pattern[] = [
  { profileIdc: 0x42, mask: 0x4f, value: 0x40, profile: 'constrained-baseline' },
  { profileIdc: 0x4d, mask: 0x8f, value: 0x80, profile: 'constrained-baseline' },
  { profileIdc: 0x58, mask: 0xcf, value: 0xc0, profile: 'constrained-baseline' },
  { profileIdc: 0x42, mask: 0x4f, value: 0x00, profile: 'baseline' },
  { profileIdc: 0x58, mask: 0xcf, value: 0x80, profile: 'baseline' },
  { profileIdc: 0x4d, mask: 0xaf, value: 0x00, profile: 'main' },
  { profileIdc: 0x64, mask: 0xff, value: 0x00, profile: 'high' },
  { profileIdc: 0x64, mask: 0xff, value: 0x0c, profile: 'constrained-high' },
  { profileIdc: 0xf4, mask: 0xff, value: 0x00, profile: 'predictive-high-444' },
];

/** ITU-T H.264 table A-1, level_idc. Level 1b is 11 with a constraint flag. */
const levels = new Set([10, 11, 12, 13, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 52]);

/**
 * The profile of a profile-level-id such as '42e01f'; undefined if it is not one.
 * Without a profile-level-id WebRTC endpoints mean constrained baseline.
 */
export function h264Profile(profileLevelId = '42e01f'): H264Profile | undefined {
  if (!/^[0-9a-f]{6}$/i.test(profileLevelId)) return undefined;

  const [profileIdc, profileIop, levelIdc] = Buffer.from(profileLevelId, 'hex');
  const match = patterns.find(
    ({ profileIdc: idc, mask, value }) => idc === profileIdc && (profileIop! & mask) === value,
  );

  return levels.has(levelIdc!) ? match?.profile : undefined;
}

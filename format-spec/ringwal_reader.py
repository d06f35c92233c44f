#!/usr/bin/env python3
"""Checks and dumps ringwal logs: a second reader, made from README.md beside it, to be read and to be ported.

    python3 ringwal_reader.py check PATH    prints one JSON object; PATH is a log's directory, or one segment file
    python3 ringwal_reader.py dump PATH     prints every record, one a line, as `ringwal dump --json` tells it
Exit codes: 0 fine; 1 damage, or a payload that can not be decoded; 2 it could not run. Sections are README.md's."""
import base64, collections, datetime, io, json, os, re, stat, struct, sys

RECORD, MARK, END, TOMBSTONE, SKIPPABLE, LSN_MAX, PAYLOAD_LIMIT = 1, 2, 4, 5, 0x80, 2**53 - 1, 67_108_824
TAKES_LSN, NONZERO, M64 = (RECORD, TOMBSTONE), re.compile(rb"[^\0]"), 2**64 - 1
P1, P2, P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
P4, P5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
Header = collections.namedtuple("Header", "version size flags log_id number first_lsn salt created epoch prev_last "
                                "prev_end prev_check codec longest old_salt zero")  # prev_: of the segment before
Frame = collections.namedtuple("Frame", "check length kind flags type lsn time key tag at size last_lsn is_known fits")
iso = lambda second: (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=second)).isoformat()
bytes_json = lambda data: {"$bytes": base64.b64encode(data).decode()}
def refuse(why, error=ValueError): raise error(why)

def xxh64(data):
    """XXH64 with seed 0, an integer (section 1). All that is checked has a multiple of 8 bytes, so `data` must have."""
    rotl = lambda x, n: (x << n | x >> (64 - n)) & M64
    mix = lambda acc, lane: rotl((acc + lane * P2) & M64, 31) * P1 & M64
    n, acc = len(data), [(P1 + P2) & M64, P2, 0, -P1 & M64]
    for lanes in struct.iter_unpack("<4Q", data[:n & ~31]):
        acc = [mix(a, lane) for a, lane in zip(acc, lanes)]
    h = P5 if n < 32 else sum(map(rotl, acc, (1, 7, 12, 18)))
    for a in acc if n >= 32 else []:
        h = ((h ^ mix(0, a)) & M64) * P1 + P4
    h = (h + n) & M64
    for (lane,) in struct.iter_unpack("<Q", data[n & ~31:]):
        h = (rotl(h ^ mix(0, lane), 27) * P1 + P4) & M64
    h = (h ^ h >> 33) * P2 & M64
    h = (h ^ h >> 29) * P3 & M64
    return h ^ h >> 32

def unpack(data, has_big_ints):
    """The MessagePack value that fills `data` (section 4, codec 1), as JSON has it; an exception if it is refused."""
    stream, numbers = io.BytesIO(data), dict(zip(range(0xCA, 0xD4), ">f >d >B >H >I >Q >b >h >i >q".split()))
    def take(n):  # no length is believed before the bytes are there
        part = stream.read(n)
        return part if len(part) == n else refuse("cut short")
    def value(depth, is_key=False):
        lead = take(1)[0]
        if not 0x80 <= lead < 0xE0 and not is_key: return lead - 256 * (lead >= 0xE0)
        first = max(f for f in (0, 0x80, 0x90, 0xA0, 0xC0, 0xC4, 0xC7, 0xCA, 0xD4, 0xD9, 0xDC, 0xDE) if f <= lead)
        if is_key and first not in (0xA0, 0xD9): refuse("a key that is no text")
        if first == 0xC0: return {0xC0: None, 0xC2: False, 0xC3: True}[lead]
        if first == 0xCA:
            (x,) = struct.unpack(numbers[lead], take(struct.calcsize(numbers[lead])))
            if lead < 0xCC: return x if x - x == 0 else str(x).replace("nan", "NaN").replace("inf", "Infinity")
            return x if lead & 3 != 3 else str(x) if has_big_ints else x if abs(x) <= LSN_MAX else refuse("no double")
        n = lead - first if lead < 0xC0 else 1 << lead - first  # a length, or the bytes that it stands in
        n = int.from_bytes(take(2 * n if lead >= 0xDC else n), "big") if lead >= 0xC0 and first != 0xD4 else n
        if first in (0xA0, 0xD9): return take(n).decode()
        if first == 0xC4: return bytes_json(take(n))
        if first in (0xC7, 0xD4):
            if take(1) != b"\xff" or n not in (4, 8, 12): refuse("an extension that is no timestamp")
            ns, s = struct.unpack(">Iq", take(12)) if n == 12 else divmod(int.from_bytes(take(n), "big"), 2**34)
            return iso(s) + ".%03dZ" % (ns // 10**6) if ns < 10**9 and ns % 10**6 == 0 else refuse("no milliseconds")
        if depth == 100: refuse("nested too deep")
        if first in (0x90, 0xDC): return [value(depth + 1) for _ in range(n)]
        members = dict((value(depth + 1, True), value(depth + 1)) for _ in range(n))
        return members if "__proto__" not in members else refuse("the key __proto__")
    result = value(0)
    return result if stream.tell() == len(data) else refuse("more than one value")

class Segment:
    """A file and its header. `end`, `last_lsn` and `last_check` are as its successor's header says, if there is one."""
    last_lsn, last_check, lsn_max, is_last, is_cut = None, None, LSN_MAX, True, False
    def __init__(self, path, is_named):
        with open(path, "rb") as file: self.name, self.data = os.path.basename(path), file.read()
        self.end, self.has_frames = len(self.data), NONZERO.search(self.data, 4096)
        self.header = self.stored = self.read_header(self.data[:4096].ljust(4096, b"\0"))
        self.number = int(self.name[:20]) if is_named else self.header.number if self.header else 1
    def read_header(self, page):
        """Section 3: the header, None if no copy is good. `wrong` becomes what is not as it must be: places, sizes."""
        copies = {at: page[at:at + 128] for at in (0, 2048)}
        good = [at for at, c in copies.items()
                if c[:8] == b"\x89RWAL\r\n\x1a" and xxh64(c[:120]) == int.from_bytes(c[120:], "little")]
        good, self.has_twins = (good, len(good) == 2) if len({copies[at] for at in good}) == 1 else ([], False)
        rest = [at for at in range(128, 4096) if page[at] and not 2048 <= at < 2176]
        self.wrong = [(at, 128) for at in copies if at not in good] + [(at, rest[-1] + 1 - at) for at in rest[:1]]
        for h in [Header(*struct.unpack("<8xHHI16s8Q2I2Q8x", copies[at])) for at in good[:1]]:
            is_known = (h.version, h.size, h.flags, h.codec | 1, h.zero) == (1, 128, 0, 1, 0)
            in_range = h.number and h.first_lsn and max(h[4:6] + h[8:11]) <= LSN_MAX and h.longest <= PAYLOAD_LIMIT
            return h if is_known and in_range else refuse(self.name + ": a later version", NotImplementedError)
    def infer_header(self, kin):
        """Section 11: the salt of a lost header is that of the frame at 4096, or of two frames that stand together."""
        seen = {}  # where a frame ended, and its salt: the first LSN there, 0 if it is not known
        for at in range(4096, min(self.end, 1 << 16) - 39, 8):
            check, length, kind, lsn, tag = struct.unpack_from("<QIBxxxQ12xI", self.data, at)
            body = self.data[at + 8:at + (length + 47 & ~7)] if kind and (at == 4096 or length < 4096) else b""
            salt = check ^ xxh64(body[:len(body) & ~7])
            if salt & 0xFFFFFFFF == tag:
                first = seen.setdefault((at + 8 + len(body), salt), seen.get((at, salt)) or lsn * (kind in TAKES_LSN))
                if at == 4096 or (at, salt) in seen: return kin._replace(salt=salt, number=self.number, first_lsn=first)

def open_log(path):
    """The segments at a path, the oldest first, and the damage that names and headers show (sections 2, 8 and 11)."""
    is_dir, is_name = stat.S_ISDIR(os.lstat(path).st_mode), re.compile(r"(?!0{20})[0-9]{20}\.rwal").fullmatch
    paths = [os.path.join(path, name) for name in sorted(os.listdir(path)) if is_name(name)] if is_dir else [path]
    files = [p for p in paths if stat.S_ISREG(os.lstat(p).st_mode)] or refuse("no log at " + path, OSError)
    damage, found = [(os.path.basename(p), 0, 0) for p in paths if p not in files], [Segment(p, is_dir) for p in files]
    begun = max((i for i, s in enumerate(found) if s.has_frames or s.has_twins or not is_dir), default=-1)
    found = [s for i, s in enumerate(found) if i <= begun or s.header]  # section 11: the others are left-overs
    kin = ([Header(*[0] * 13, PAYLOAD_LIMIT, 0, 0)] + [s.header for s in found if s.header])[-1]
    for s in found:
        damage += [(s.name, *place) for place in s.wrong * (s in found[:begun + 1])] if s.header else [(s.name, 0, 0)]
        s.header = s.header or s.infer_header(kin._replace(prev_last=0))
    ids = collections.Counter(s.header.log_id for s in reversed(found) if s.header)
    own = [s for s in found if s.header and s.header.log_id == max(ids, key=ids.get) and s.header.number == s.number]
    damage += [(s.name, 0, 0) for s in found if s.header and s not in own]
    for s, after in zip(own, own[1:]):
        h, s.is_last, s.lsn_max, gone = after.header, False, after.header.first_lsn - 1, after.number - s.number - 1
        if not gone and after.stored:
            s.last_lsn, s.last_check, s.is_cut = h.prev_last, h.prev_check, h.prev_end > s.end
            s.end, gone = min(h.prev_end, s.end), not s.header.first_lsn <= h.first_lsn == s.last_lsn + 1
        damage += [(s.name, 0, 0)] * (gone > sum(not x.header and s.number < x.number < after.number for x in found))
    if own: own[-1].is_last = all(x.header or x.number < own[-1].number for x in found)
    return own, damage

def walk(s):
    """Sections 9 and 10: reads a segment to its end and judges what does not verify. What it finds is left in `s`."""
    data, end, salt, first = s.data, s.end - s.end % 8, s.header.salt, s.header.first_lsn
    tags = re.compile(b"(?=%s)" % re.escape(struct.pack("<I", salt & 0xFFFFFFFF)))
    lowest, exact, is_sealed, is_open = max(first, 1), first > 0, False, False
    p, s.mark, s.records, places, vain = 4096, 0, [], [], 0
    whole = (p, lowest, 0, 0)  # behind the last frame of no unfinished batch: offset, next LSN, check, records
    def frame_at(p):  # the one that verifies there, or None; what is hashed for nothing is bounded (section 14)
        nonlocal vain
        if end - p < 40: return None
        check, length, kind, flags, _, lsn, *_, tag = fields = struct.unpack_from("<QIBBHQQII", data, p)
        size, longest = length + 47 & ~7, s.header.longest if vain <= 2**24 + 16 * (p - 4096) else 4096
        if kind == 0 or tag != salt & 0xFFFFFFFF or length > longest or size > end - p: return None
        vain += 0 if (is_whole := check == xxh64(data[p + 8:p + size]) ^ salt) else size
        last = int.from_bytes(data[p + 40:p + 48], "little") if kind == TOMBSTONE and length >= 8 else lsn
        fits = lowest <= lsn <= last if kind in TAKES_LSN else lsn >= lowest - 1 or kind != END
        is_known = kind >= SKIPPABLE or kind <= TOMBSTONE and flags < 8
        return Frame(*fields, p, size, last, is_known, fits and max(lsn, last) <= s.lsn_max) if is_whole else None
    while p < end and not is_sealed:
        f = frame_at(p)
        if not f and not NONZERO.search(data, p, end): break
        if f and not f.is_known: refuse(s.name + ": a frame of a later version", NotImplementedError)
        if not f or not f.fits:
            at = (m.start() - 36 for m in tags.finditer(data, p + 44, end) if m.start() % 8 == 4)
            start, p = p, next((q for q in at if (f := frame_at(q)) and f.is_known and f.fits), end)
            places.append((start, p - start, lowest, whole))
            exact = is_open = False
            continue
        takes_lsn, is_witness, is_sealed = f.kind in TAKES_LSN, f.kind in (MARK, END), f.kind == END
        if exact and (takes_lsn and f.lsn > lowest or is_witness and f.lsn >= lowest):
            places, exact = places + [(p, 0, lowest, whole)], False
        p, lowest = p + f.size, max(lowest, f.last_lsn + 1) if takes_lsn or is_witness else lowest
        exact, is_open = exact or takes_lsn or is_sealed, f.flags & 1 if takes_lsn else is_open
        s.mark = max(s.mark, f.lsn) if is_witness else s.mark
        s.records += [f] if f.kind == RECORD else []
        whole = whole if is_open else (p, lowest, f.check, len(s.records))
    is_told, is_closed = s.last_lsn is not None, is_sealed or not s.is_last
    if is_told and (exact and lowest <= s.last_lsn or p < end and not is_sealed):  # frames are missing at the end
        places.append((p, s.end - p, lowest, whole))
    elif is_told and not s.is_cut and not places and whole[2] != s.last_check and (is_sealed or whole[0] == s.end):
        places.append((whole[0], 0, lowest, whole))  # the last frame is another one
    if s.is_cut and sum((places or [(0, 0)])[-1][:2]) < s.end - 7: places.append((s.end, 0, lowest, whole))
    s.damage = [(s.name, at, size) for at, size, missing, _ in places if is_closed or missing <= s.mark]
    torn = [(then, len(data)) for _, _, missing, then in places if not is_closed and missing > s.mark]
    torn += [(whole, p)] if is_open and s.is_last else []  # an atomic batch without its end
    s.next_lsn, s.torn, s.is_vague = s.last_lsn + 1 if is_told else lowest, None, lowest in [x[2] for x in places[-1:]]
    for (at, next_lsn, _, count), stop in torn[:1]:
        for x in [x for x in places if (is_closed or x[2] <= s.mark) and x[0] + x[1] > at][-1:]:  # never before damage
            at, next_lsn, count = x[0] + x[1], x[2], sum(f.at < x[0] for f in s.records)
        s.next_lsn, lost, s.records = max(next_lsn, s.mark + 1), len(s.records) - count, s.records[:count]
        s.torn = {"segment": s.name, "offset": at, "bytes": stop - at, "records": lost, "fromLsn": s.next_lsn}

def main(command, path):
    (segments, damage), is_fine = open_log(path), True
    for s, after in zip(segments, segments[1:] + [None]):
        walk(s)
        is_gap = after and s.last_lsn is None and after.number == s.number + 1 and s.next_lsn < after.header.first_lsn
        damage += s.damage + ([(after.name, 0, 0)] if is_gap and not s.is_vague else [])
        for f in s.records if command == "dump" else []:
            body, time = s.data[f.at + 40:f.at + 40 + f.length], iso(f.time // 10**9) + ".%09dZ" % (f.time % 10**9)
            try: value = unpack(body, s.header.codec & 1) if f.flags & 6 == 2 else bytes_json(body)
            except (ValueError, LookupError, OverflowError): value, is_fine = bytes_json(body), False
            line = {"lsn": f.lsn, "time": time, "type": f.type, "key": f.key, "segment": s.name, "offset": f.at,
                    "length": f.length, "check": "0x%016x" % f.check, "value": value}
            print(json.dumps(line, separators=(",", ":")).replace("\x7f", "\\u007f"))
    first, last = (segments[0].header.first_lsn, segments[-1].next_lsn - 1) if segments else (1, 0)
    marks = [s.mark for s in segments] + [s.header.prev_last for s in segments[-1:]]
    report = {"ok": not damage, "segments": len(segments), "records": sum(len(s.records) for s in segments),
              "firstLsn": first * (last >= first), "lastLsn": last * (last >= first),
              "damage": [{"segment": name, "offset": at, "bytes": size} for name, at, size in sorted(damage)],
              "durableLsn": max(marks, default=0), "tornTail": segments[-1].torn if segments else None}
    print(json.dumps(report), file=sys.stdout if command == "check" else sys.stderr)
    return 1 if damage or not is_fine else 0

if __name__ == "__main__":
    try: sys.exit(main(*sys.argv[1:]) if sys.argv[1:2] in (["check"], ["dump"]) else refuse(__doc__, TypeError))
    except (OSError, NotImplementedError, TypeError) as error: sys.exit(print(error, file=sys.stderr) or 2)

-- The index of a collection: what its pages say, and where they say it.
--
-- Rows of a page are numbered page * 1048576 + place: they lie together, and are found
-- and removed as a range, without an index of their own.
--
-- Quotes are not kept twice: that of a statement or finding is the page's text from
-- `start` up to `stop`, in characters; the words of a section's blocks follow each
-- other in `words`, a line break between them, with the length of each in `blocks`.
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- What is asked of all pages together stands first: the long texts need not be read.
CREATE TABLE page (
  id INTEGER PRIMARY KEY,
  file TEXT NOT NULL UNIQUE,
  slug TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL,
  made_by TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  subject TEXT NOT NULL,
  policy TEXT NOT NULL,
  encoding TEXT NOT NULL,
  newline TEXT NOT NULL,
  shown TEXT NOT NULL,
  terms TEXT NOT NULL,
  text TEXT NOT NULL,
  front_matter TEXT NOT NULL,
  front_lines TEXT NOT NULL,
  extra TEXT NOT NULL,
  faqs TEXT NOT NULL,
  statements TEXT NOT NULL
);

CREATE TABLE problem (
  file TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  made_by TEXT NOT NULL,
  problem TEXT NOT NULL
);

CREATE TABLE section (
  id INTEGER PRIMARY KEY,
  page INTEGER NOT NULL,
  title TEXT NOT NULL,
  name TEXT,
  level INTEGER NOT NULL,
  path TEXT NOT NULL,
  line INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  inline TEXT NOT NULL,
  blocks TEXT NOT NULL,
  drug TEXT NOT NULL,
  words TEXT NOT NULL
);

-- A page's statements are one value of it; here each is a row.
CREATE VIEW statement AS
SELECT
  (page.id << 20) + said.key AS id,
  page.id AS page,
  json_extract(said.value, '$[0]') AS statement,
  json_extract(said.value, '$[1]') AS kind,
  json_extract(said.value, '$[2]') AS subject,
  json_extract(said.value, '$[3]') AS value,
  json_extract(said.value, '$[4]') AS unit,
  json_extract(said.value, '$[5]') AS scope,
  json_extract(said.value, '$[6]') AS section,
  json_extract(said.value, '$[7]') AS strength,
  json_extract(said.value, '$[8]') AS certainty,
  json_extract(said.value, '$[9]') AS details,
  json_extract(said.value, '$[10]') AS line,
  json_extract(said.value, '$[11]') AS end_line,
  json_extract(said.value, '$[12]') AS start,
  json_extract(said.value, '$[13]') AS stop
FROM page, json_each(page.statements) AS said;

CREATE TABLE finding (
  id INTEGER PRIMARY KEY,
  page INTEGER NOT NULL,
  code TEXT NOT NULL,
  severity TEXT NOT NULL,
  confidence TEXT NOT NULL,
  message TEXT NOT NULL,
  remedy TEXT NOT NULL,
  line INTEGER,
  before TEXT,
  after TEXT,
  statements TEXT NOT NULL,
  spans TEXT NOT NULL
);

-- Findings between pages; made anew in every build.
CREATE TABLE collection_finding (
  place INTEGER PRIMARY KEY,
  code TEXT NOT NULL,
  severity TEXT NOT NULL,
  file TEXT NOT NULL,
  finding TEXT NOT NULL
);

-- What was written into a page's HTML from other pages, by its hash.
CREATE TABLE told (page INTEGER PRIMARY KEY, digest TEXT NOT NULL);

-- Who names whom as interacting, as the pages word it.
CREATE TABLE interaction (
  id INTEGER PRIMARY KEY,
  page INTEGER NOT NULL,
  partner TEXT NOT NULL,
  statement INTEGER NOT NULL,
  line INTEGER NOT NULL,
  quote TEXT NOT NULL
);

CREATE VIRTUAL TABLE section_fts USING fts5 (
  drug, title, words,
  content = 'section', content_rowid = 'id',
  tokenize = 'porter unicode61 remove_diacritics 2'
);
INSERT INTO section_fts (section_fts, rank) VALUES ('rank', 'bm25(4.0, 2.0, 1.0)');
-- Merging is most of the work that is not looking at words; sixteen parts are searched
-- as quickly as four.
INSERT INTO section_fts (section_fts, rank) VALUES ('automerge', 16);

-- Names across spellings and scripts: beside each folded name of a person or a faction its Latin letters and its consonants. And
-- which pairs of records somebody has said to be two.

-- A name in Latin letters, as those who write it in Latin commonly do: Arabic with the letters of Persian, Urdu, Pashto and Sindhi;
-- Devanagari and the scripts of India that are laid out alike; Cyrillic; Greek. What is in none of these stays as it is.
CREATE FUNCTION latin_letters(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  -- What is written for letters. A capital stands for two Latin letters until the end, so that it counts as one.
  letters CONSTANT text[] := ARRAY[
    'a:اٱعةۃअआाаәα', 'b:بٻڀबभб', 'd:دڈډڊڌڍदडधढдђδ', 'e:एऍऎेॅॆеєэε', 'f:فڦڤфφ', 'g:گګڳڱगघгґғγ', 'h:ھہهەحहһ',
    'i:ىيیېۍےइईिीиіыηι', 'j:جڄڃजझјџ', 'k:کكڪڬकखкқκ', 'l:لڵलळऴлљλ', 'm:مमмμ', 'n:نںڻڼङञणनऩंँ॰нњңν', 'o:وۆऑऒओॉॊोоөοω',
    'p:پपफпπ', 'q:ق', 'r:رڑړڙरऱрρ', 's:سصثसсσς', 't:تٹټٺٿطतटथठтτ', 'u:ۇउऊुूуўұү', 'v:ۋवвβ', 'x:ξ', 'y:यυ', 'z:زذضظځзζ',
    'C:چڇڅचछчћ', 'G:غ', 'K:خхχ', 'P:ψ', 'S:شशषшщ', 'T:θ', 'X:ц', 'Z:ژږж', 'Y:ю', 'A:я', 'E:ऐै', 'U:औौ', 'R:ऋृ'
  ];
  capitals CONSTANT text[] := ARRAY['Cch', 'Ggh', 'Kkh', 'Pps', 'Ssh', 'Tth', 'Xts', 'Zzh', 'Yyu', 'Aya', 'Eai', 'Uau', 'Rri'];
  each text;
  -- Without accents, hamza and madda above letters, the sign of a doubled one, and the stroke that only fills a line.
  latin text := normalize(
    regexp_replace(lower(normalize(name, NFKD)), '[\u0300-\u036f\u0640\u064b-\u064d\u0651-\u0655]', '', 'g'), NFC
  );
BEGIN
  IF latin !~ '[\u0370-\u0d7f]' THEN
    RETURN latin;
  END IF;
  IF latin ~ '[\u0900-\u0d7f]' THEN
    -- The consonants without a vowel that Malayalam and Bengali write as letters of their own.
    latin := translate(latin, U&'\0D7A\0D7B\0D7C\0D7D\0D7E\0D7F\09CE', U&'\0D23\0D28\0D30\0D32\0D33\0D15\09A4');
    -- From Bengali to Malayalam each letter stands where Devanagari has it.
    latin := (
      SELECT string_agg(
        CASE WHEN letter.one ~ '[\u0980-\u0d7f]' THEN chr(2304 + ascii(letter.one) % 128) ELSE letter.one END, '' ORDER BY letter.nth
      )
      FROM string_to_table(latin, NULL) WITH ORDINALITY AS letter (one, nth)
    );
    -- A consonant that another one follows is spoken with an a. With a dot below it is one of Arabic.
    latin := regexp_replace(latin, '([\u0915-\u0939]\u093c?)(?=[\u0915-\u0939\u0901\u0902])', '\1a', 'g');
    latin := regexp_replace(latin, '[\u0921\u0922]\u093c', 'r', 'g');
    latin := regexp_replace(latin, '\u091c\u093c', 'z', 'g');
    latin := regexp_replace(latin, '\u0916\u093c', 'K', 'g');
    latin := regexp_replace(latin, '\u092b\u093c', 'f', 'g');
    -- The nasal before a labial; the breath of an aspirate.
    latin := regexp_replace(latin, '[\u0901\u0902](?=[\u092a-\u092e])', 'm', 'g');
    latin := regexp_replace(latin, '[\u0916\u0918\u091b\u091d\u0920\u0922\u0925\u0927\u092b\u092d]', '\&h', 'g');
  END IF;
  IF latin ~ '[\u0600-\u06ff]' THEN
    -- The article, where it is one: not in God's name, and not at the beginning, where whole names begin so.
    latin := regexp_replace(latin, '([^ -][ -])\u0627\u0644(?!\u0644[\u0647\u06c1])(?=[^ \u0670-][^ -])', '\1al ', 'g');
    latin := regexp_replace(latin, '[\u0649\u064a\u06cc]\u0670', 'a', 'g');
    -- Ya is a consonant at the beginning; waw is there, before a long vowel, and after alif unless it ends the word.
    latin := regexp_replace(latin, '(?<![^ -])[\u0649\u064a\u06cc\u06d0]', 'y', 'g');
    latin := regexp_replace(latin, '(?<![^ -])\u0648|\u0648(?=[\u0627\u0649\u064a\u06cc\u06d0\u06d2])', 'w', 'g');
    latin := regexp_replace(latin, '([^ -]\u0627)\u0648(?=[^ -])', '\1wa', 'g');
    -- A doubled letter is written once: between two that are written a vowel is spoken. But for that of God's name.
    latin := regexp_replace(latin, '([\u0621-\u0643\u0645-\u06d3])\1', '\1a\1', 'g');
    -- Short vowels, where they are written, and digits.
    latin := translate(
      latin, U&'\064E\0670\064F\0650\0660\0661\0662\0663\0664\0665\0666\0667\0668\0669\06F0\06F1\06F2\06F3\06F4\06F5\06F6\06F7\06F8\06F9\0621\0654',
      'aaui01234567890123456789'
    );
  END IF;
  IF latin ~ '[\u0400-\u04ff]' THEN
    latin := regexp_replace(replace(latin, 'дж', 'j'), '([бгдкптч])х', '\1h', 'g');
  END IF;
  latin := replace(replace(latin, 'ου', 'u'), 'μπ', 'b');
  FOREACH each IN ARRAY letters LOOP
    latin := translate(latin, substr(each, 3), repeat(left(each, 1), length(each) - 2));
  END LOOP;
  FOREACH each IN ARRAY capitals LOOP
    latin := replace(latin, left(each, 1), substr(each, 2));
  END LOOP;
  -- Signs that are not spoken by themselves.
  RETURN translate(latin, U&'\093C\094D\0903\044C\044A', '');
END $$;

-- The consonants of a name in Latin letters, word by word, so that spellings of one name are alike: how a vowel is written is chance, and
-- so are h within a word, doubled letters, ph or f, k, ck, q or kh, g or j, v or w. Of a word that begins with vowels, that it does is kept.
CREATE FUNCTION name_skeleton(latin text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  skeleton text := regexp_replace(latin, '([a-z])\1+', '\1', 'g');
BEGIN
  -- What is written as one word, as two or as three: God and faith with what is before them, the servant (abd) and whose he is.
  skeleton := regexp_replace(skeleton, '(\w) ?[aeou]?l[ao]?h\M', '\1lah', 'g');
  skeleton := regexp_replace(skeleton, '(\w) ?[aeu][ldtn]? ?d[aeiy]+n\M', '\1din', 'g');
  skeleton := regexp_replace(skeleton, '\mabd[aeou][lrsdztn] ?(?=\w{3})', 'abd ', 'g');
  -- The article between two words, in any form, and the vowel that joins two.
  skeleton := regexp_replace(skeleton, '(\w) (?:[aeu][lrsdztn]|[aeu]sh|[ei])(?= )', '\1', 'g');
  -- Several letters for one sound.
  skeleton := replace(replace(replace(skeleton, 'chr', 'kr'), 'sch', 'sh'), 'tch', 'ch');
  skeleton := regexp_replace(skeleton, 'dzh|dj|zh|j', 'g', 'g');
  skeleton := replace(replace(replace(replace(skeleton, 'ph', 'f'), 'ch', 'C'), 'x', 'ks'), 'ck', 'k');
  skeleton := translate(skeleton, 'cqC', 'kkc');
  skeleton := regexp_replace(skeleton, '\mw|w(?=[aeiou])', 'v', 'g');
  skeleton := regexp_replace(skeleton, '(?<=[a-z])h', '', 'g');
  -- The first sound is kept, whatever vowel it is.
  skeleton := regexp_replace(skeleton, '\m[aeiou]+', 'A', 'g');
  skeleton := regexp_replace(skeleton, '(?<=\w)[aeiouwy]+', '', 'g');
  RETURN lower(skeleton);
END $$;

-- Under which a name is looked up with others that may be of the same: all its consonants, whatever the order of its words, and those of
-- each two of its first words.
CREATE FUNCTION name_blocks(skeleton text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  WITH word AS (
    SELECT DISTINCT split.word FROM unnest((string_to_array(skeleton, ' '))[:8]) AS split (word) WHERE split.word <> ''
  )
  SELECT COALESCE(array_agg(DISTINCT block.key), '{}')
  FROM (
    SELECT string_agg(word.word, ' ' ORDER BY word.word COLLATE "C") AS key FROM word
    UNION ALL
    SELECT one.word || ' ' || other.word FROM word AS one JOIN word AS other ON one.word < other.word COLLATE "C"
  ) AS block WHERE block.key IS NOT NULL
$$;

-- The Latin letters are a trigger's, as the folded name is, for both use the dictionary of accents. Mergers have a title, which is no name.
ALTER TABLE names ADD COLUMN latin text NOT NULL DEFAULT '';
-- The table is written anew for it, while nobody is served yet.
-- squawk-ignore adding-field-with-default
ALTER TABLE names ADD COLUMN skeleton text NOT NULL GENERATED ALWAYS AS (name_skeleton(latin)) STORED;
-- squawk-ignore adding-field-with-default
ALTER TABLE names ADD COLUMN blocks text[] NOT NULL GENERATED ALWAYS AS (name_blocks(name_skeleton(latin))) STORED;
CREATE INDEX names_skeleton_trigrams ON names USING gin (skeleton gin_trgm_ops);

CREATE OR REPLACE FUNCTION derive_names() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  row_now jsonb := to_jsonb(NEW);
  kind record_type := TG_TABLE_NAME::record_type;
BEGIN
  -- A new record has none. Looked for all the same, by a plan that was made while there were few, many new ones would read all each time.
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM names WHERE names.record_type = kind AND names.record_id = NEW.id;
  END IF;
  INSERT INTO names (record_type, record_id, folded, latin)
    SELECT DISTINCT ON (fold_name(every.name)) kind, NEW.id, fold_name(every.name),
      CASE WHEN kind = 'mergers' THEN '' ELSE fold_name(latin_letters(every.name)) END
    FROM (
      SELECT row_now ->> 'name' AS name
      UNION ALL SELECT row_now ->> 'title'
      UNION ALL SELECT replace(row_now ->> 'slug', '-', ' ')
      UNION ALL SELECT other ->> 'name' FROM jsonb_array_elements(COALESCE(row_now -> 'other_names', '[]')) AS other
    ) AS every
    WHERE fold_name(every.name) <> ''
    ORDER BY 3, 4;
  RETURN NULL;
END $$;

-- The names that are there already. Nothing but the trigger above writes them.
DELETE FROM names WHERE names.record_type IN ('factions', 'people');
INSERT INTO names (record_type, record_id, folded, latin)
  SELECT DISTINCT ON (named.record_type, named.id, fold_name(named.name)) named.record_type, named.id, fold_name(named.name),
    fold_name(latin_letters(named.name))
  FROM (
    SELECT 'factions'::record_type AS record_type, record.id, every.name FROM factions AS record
    CROSS JOIN LATERAL (
      SELECT record.name UNION ALL SELECT replace(record.slug, '-', ' ')
      UNION ALL SELECT other ->> 'name' FROM jsonb_array_elements(record.other_names) AS other
    ) AS every (name)
    UNION ALL
    SELECT 'people', record.id, every.name FROM people AS record
    CROSS JOIN LATERAL (
      SELECT record.name UNION ALL SELECT replace(record.slug, '-', ' ')
      UNION ALL SELECT other ->> 'name' FROM jsonb_array_elements(record.other_names) AS other
    ) AS every (name)
  ) AS named
  WHERE fold_name(named.name) <> ''
  ORDER BY 1, 2, 3, 4;

-- How much alike two names are, from 0 to 1, whichever is the first. Numbers tell names apart that have any.
CREATE FUNCTION name_likeness(one_latin text, one_skeleton text, other_latin text, other_skeleton text) RETURNS real
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN regexp_replace(one_latin, '[^0-9]+', ' ', 'g') <> regexp_replace(other_latin, '[^0-9]+', ' ', 'g') THEN 0 ELSE
    0.3 * similarity(one_latin, other_latin) + 0.3 * similarity(one_skeleton, other_skeleton)
    + 0.4 * greatest(word_similarity(one_skeleton, other_skeleton), word_similarity(other_skeleton, one_skeleton))
  END
$$;

-- That two records are two, so that nobody is asked again. It is no record: it says nothing of the world, is told to nobody, and all
-- that a ledger would keep of it is in its row: who, when, why, and who took it back when.
CREATE TABLE duplicate_decisions (
  id uuid NOT NULL DEFAULT uuid_v7(),
  record_type record_type NOT NULL,
  one_id uuid NOT NULL,
  other_id uuid NOT NULL,
  actor text NOT NULL,
  reason text,
  decided_at timestamptz(6) NOT NULL,
  taken_back_at timestamptz(6),
  taken_back_by text,
  CONSTRAINT duplicate_decisions_pkey PRIMARY KEY (id),
  CONSTRAINT duplicate_decisions_kind CHECK (record_type IN ('factions', 'people')),
  CONSTRAINT duplicate_decisions_in_order CHECK (one_id < other_id),
  CONSTRAINT duplicate_decisions_taken_back CHECK ((taken_back_at IS NULL) = (taken_back_by IS NULL) AND taken_back_at >= decided_at)
);
CREATE INDEX duplicate_decisions_other_id_idx ON duplicate_decisions (other_id);
-- A pair is decided once, until that is taken back.
CREATE UNIQUE INDEX duplicate_decisions_pair_key ON duplicate_decisions (one_id, other_id) WHERE taken_back_at IS NULL;

-- A decision stays as it is, but that it is taken back, once; it goes only with a record that is purged. What it is about is there: records
-- are never deleted, so it is enough to look when it is written.
CREATE FUNCTION keep_duplicate_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  known integer;
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF NULLIF(current_setting('accord.purging', true), '') IN (OLD.one_id::text, OLD.other_id::text) THEN
      RETURN OLD;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF OLD.taken_back_at IS NULL
      AND to_jsonb(NEW) - ARRAY['taken_back_at', 'taken_back_by'] = to_jsonb(OLD) - ARRAY['taken_back_at', 'taken_back_by']
    THEN
      RETURN NEW;
    END IF;
  ELSE
    EXECUTE format('SELECT count(*) FROM %I AS record WHERE record.id IN ($1, $2)', replace(NEW.record_type::text, '-', '_')) INTO known USING NEW.one_id, NEW.other_id;
    IF known = 2 THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'record violates check constraint "duplicate_decisions_of_records"' USING ERRCODE = 'check_violation';
  END IF;
  RAISE EXCEPTION 'duplicate_decisions keeps what it holds: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER b_keep_decision BEFORE INSERT OR UPDATE OR DELETE ON duplicate_decisions
  FOR EACH ROW EXECUTE FUNCTION keep_duplicate_decision();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON duplicate_decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();

-- With a purged record go the decisions about it, and the kept answers to them, which bear its reasons.
CREATE FUNCTION forget_decisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE kept_answers AS kept SET answer = '', record_id = NULL FROM duplicate_decisions AS decision
    WHERE kept.record_id = decision.id AND OLD.id IN (decision.one_id, decision.other_id);
  DELETE FROM duplicate_decisions AS decision WHERE OLD.id IN (decision.one_id, decision.other_id);
  RETURN NULL;
END $$;
CREATE TRIGGER y_forget_decisions AFTER DELETE ON factions FOR EACH ROW EXECUTE FUNCTION forget_decisions();
CREATE TRIGGER y_forget_decisions AFTER DELETE ON people FOR EACH ROW EXECUTE FUNCTION forget_decisions();

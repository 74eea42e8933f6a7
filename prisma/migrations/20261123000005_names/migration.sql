-- Searching by any name, misspelt too: every name of a faction, a person or a merger, folded, with its trigrams.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- A name without accents, case and punctuation, its words parted by one space.
CREATE FUNCTION fold_name(name text) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT trim(regexp_replace(lower(unaccent(normalize(name, NFKC))), '[^[:alnum:]]+', ' ', 'g'))
$$;

CREATE FUNCTION derive_names() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  row_now jsonb := to_jsonb(NEW);
  kind record_type := TG_TABLE_NAME::record_type;
BEGIN
  DELETE FROM names WHERE names.record_type = kind AND names.record_id = NEW.id;
  INSERT INTO names (record_type, record_id, folded)
    SELECT DISTINCT kind, NEW.id, fold_name(name)
    FROM (
      SELECT row_now ->> 'name' AS name
      UNION ALL SELECT row_now ->> 'title'
      UNION ALL SELECT replace(row_now ->> 'slug', '-', ' ')
      UNION ALL SELECT other ->> 'name' FROM jsonb_array_elements(COALESCE(row_now -> 'other_names', '[]')) AS other
    ) AS every
    WHERE fold_name(name) <> '';
  RETURN NULL;
END $$;

CREATE TRIGGER derive_names AFTER INSERT OR UPDATE OF name, other_names, slug ON factions
  FOR EACH ROW EXECUTE FUNCTION derive_names();
CREATE TRIGGER derive_names AFTER INSERT OR UPDATE OF name, other_names, slug ON people
  FOR EACH ROW EXECUTE FUNCTION derive_names();
CREATE TRIGGER derive_names AFTER INSERT OR UPDATE OF title, slug ON mergers
  FOR EACH ROW EXECUTE FUNCTION derive_names();

CREATE INDEX names_folded_trigrams ON names USING gin (folded gin_trgm_ops);

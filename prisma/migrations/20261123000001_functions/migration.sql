-- Ids, partial dates and instants, as the tables and the queries need them.

-- An id that grows with time: 48 bits of milliseconds, 12 bits of the millisecond's fraction, the rest random (RFC 9562).
CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE plpgsql VOLATILE PARALLEL SAFE AS $$
DECLARE
  micros bigint := floor(extract(epoch FROM clock_timestamp()) * 1000000);
  fraction int := ((micros % 1000) * 4096 / 1000)::int;
  bytes bytea := decode(replace(gen_random_uuid()::text, '-', ''), 'hex');
BEGIN
  bytes := overlay(bytes PLACING substring(int8send(micros / 1000) FROM 3 FOR 6) FROM 1 FOR 6);
  bytes := set_byte(bytes, 6, 112 | (fraction >> 8));
  bytes := set_byte(bytes, 7, fraction & 255);
  RETURN encode(bytes, 'hex')::uuid;
END $$;

-- Whether the text is a date that exists: a year, a month, a day, or an instant with an offset. As src/domain/dates.ts.
CREATE FUNCTION is_partial_date(date text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  parts text[] := regexp_match(
    date,
    '^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))?)?)?$'
  );
BEGIN
  IF parts IS NULL OR parts[1] = '0000' THEN
    RETURN false;
  END IF;
  RETURN parts[3] IS NULL
    OR parts[3]::int <= extract(day FROM make_date(parts[1]::int, parts[2]::int, 1) + interval '1 month - 1 day');
END $$;

-- The first instant of a date's span: a fact counts from here.
CREATE FUNCTION span_start(date text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF length(date) > 10 THEN
    RETURN date::timestamptz;
  END IF;
  RETURN (date || substring('0000-01-01' FROM length(date) + 1))::timestamp AT TIME ZONE 'UTC';
END $$;

-- The first instant after a date's span; an instant covers one millisecond.
CREATE FUNCTION span_end(date text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  width interval := CASE length(date)
    WHEN 4 THEN interval '1 year'
    WHEN 7 THEN interval '1 month'
    WHEN 10 THEN interval '1 day'
  END;
BEGIN
  IF length(date) > 10 THEN
    RETURN date::timestamptz + interval '1 millisecond';
  END IF;
  RETURN ((date || substring('0000-01-01' FROM length(date) + 1))::timestamp + width) AT TIME ZONE 'UTC';
END $$;

-- Where a record stands in a list sorted by a date: by the start of its span, the undated last.
CREATE FUNCTION date_order(date text) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT COALESCE(public.span_start(date), 'infinity'::timestamptz)
$$;

-- The latest reading of a start: the last day of its span. Missing: since ever.
CREATE FUNCTION latest_start(date text) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT COALESCE(greatest(public.span_end(date) - interval '24 hours', public.span_start(date)), '-infinity'::timestamptz)
$$;

-- The end of the earliest reading of an end: the first day of its span. Missing: for ever.
CREATE FUNCTION earliest_end(date text) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT COALESCE(least(public.span_start(date) + interval '24 hours', public.span_end(date)), 'infinity'::timestamptz)
$$;

-- An instant as the API writes it.
CREATE FUNCTION iso_instant(instant timestamptz) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT to_char(instant AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

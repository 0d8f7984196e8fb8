-- User A's rows are A's: no table, view or function shows them to user B or changes them for B.
-- What there is comes from the catalogue, so that a new table without row level security fails here.
-- Run by `supabase test db`, and by make test on a plain PostgreSQL. Leaves nothing behind.
BEGIN;
CREATE SCHEMA IF NOT EXISTS extensions;
CREATE EXTENSION IF NOT EXISTS pgtap WITH SCHEMA extensions;
SET LOCAL search_path = public, extensions;
SELECT no_plan();

-- ---- whose rows -----------------------------------------------------------------------------------

-- All ids of A's begin with aaaaaaaa, so that a row of theirs is known wherever it turns up.
SET LOCAL ROLE service_role;
DO $$
DECLARE
    who text;
    n integer;
    job jsonb;
BEGIN
    FOREACH who IN ARRAY ARRAY['aaaaaaaa', 'bbbbbbbb'] LOOP
        FOR n IN 1..2 LOOP
            PERFORM public.enqueue_job(
                id => (who || '-0000-4000-8000-00000000000' || n)::uuid,
                user_id => (who || '-1111-4111-8111-111111111111')::uuid,
                source => jsonb_build_object('url', 'https://' || who || '-files.example'),
                callback_url => 'https://' || who || '-hook.example', title => who || '-title',
                priority => 10);
        END LOOP;
        job := public.claim_job(worker => 'w', node => 'n', lease_seconds => 600);
        PERFORM public.checkpoint_job(id => (job ->> 'id')::uuid,
            lease_token => (job ->> 'lease_token')::uuid, stage => 'transcribe', slice => 0,
            data => jsonb_build_object('text', who || '-words'));
        job := public.claim_job(worker => 'w', node => 'n', lease_seconds => 600);
        PERFORM public.complete_job(id => (job ->> 'id')::uuid,
            lease_token => (job ->> 'lease_token')::uuid,
            analysis => jsonb_build_object('title', who || '-title', 'summary', who || '-summary'));
        PERFORM public.add_audit(jsonb_build_array(jsonb_build_object('actor', 'user',
            'action', 'job.create', 'user_id', who || '-1111-4111-8111-111111111111')));
    END LOOP;
END $$;
RESET ROLE;

CREATE FUNCTION pg_temp.become(role name, user_id text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('request.jwt.claims', jsonb_build_object('role', role, 'sub', user_id)::text,
                       true), set_config('role', role, true);
END $$;

-- Rows of A's that somebody reads in a relation, in the columns that are open to them; NULL: none.
CREATE FUNCTION pg_temp.reads(role name, user_id text, relation oid) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    columns text := (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
                     WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped
                       AND has_column_privilege(role, relation, attnum, 'SELECT'));
    name text := (SELECT format('%I.%I', relnamespace::regnamespace::text, relname) FROM pg_class
                  WHERE oid = relation);
    found bigint;
BEGIN
    IF columns IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM pg_temp.become(role, user_id);
    EXECUTE format('SELECT count(*) FROM (SELECT %s FROM %s) r WHERE r::text LIKE ''%%aaaaaaaa-%%''',
                   columns, name) INTO found;
    PERFORM set_config('role', 'none', true);
    RETURN found;
EXCEPTION WHEN insufficient_privilege THEN
    RETURN NULL; -- no way into the schema
END $$;

-- What a call gives somebody; its effects are undone.
CREATE FUNCTION pg_temp.gets(role name, user_id text, call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    PERFORM pg_temp.become(role, user_id);
    EXECUTE call INTO result;
    RAISE EXCEPTION USING ERRCODE = 'ZZ999', MESSAGE = coalesce(result, '');
EXCEPTION
    WHEN SQLSTATE 'ZZ999' THEN
        RETURN SQLERRM;
    WHEN OTHERS THEN
        RETURN NULL;
END $$;

-- ---- what there is --------------------------------------------------------------------------------

CREATE TEMPORARY VIEW relations AS
SELECT c.oid, format('%s.%s', n.nspname, c.relname) AS name, c.relkind, c.relrowsecurity,
       c.reloptions
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'chip') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                  AND d.objid = c.oid AND d.deptype = 'e');

-- Each with a call that hands it A's ids wherever it takes one.
CREATE TEMPORARY VIEW functions AS
SELECT p.oid, p.oid::regprocedure::text AS name, p.prosecdef, p.proconfig, id,
       format('SELECT string_agg(r::text, '' '') FROM %s.%I(%s) r', p.pronamespace::regnamespace,
              p.proname, (SELECT string_agg(CASE format_type(t, NULL)
                  WHEN 'uuid' THEN quote_literal(id) || '::uuid'
                  WHEN 'uuid[]' THEN 'ARRAY[' || quote_literal(id) || '::uuid]'
                  WHEN 'jsonb' THEN '''{"title": "changed"}'''
                  WHEN 'text' THEN 'NULL' WHEN 'boolean' THEN 'true' WHEN 'integer' THEN '1'
                  WHEN 'bigint' THEN '1' WHEN 'double precision' THEN '1' ELSE 'NULL' END,
                  ', ' ORDER BY o) FROM unnest(p.proargtypes) WITH ORDINALITY a (t, o))) AS call
FROM pg_proc p
CROSS JOIN unnest(ARRAY['aaaaaaaa-0000-4000-8000-000000000001',
    'aaaaaaaa-0000-4000-8000-000000000002', 'aaaaaaaa-1111-4111-8111-111111111111']) id
WHERE p.pronamespace IN ('public'::regnamespace, 'chip'::regnamespace) AND p.prokind = 'f'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
                  AND d.objid = p.oid AND d.deptype = 'e');

CREATE TEMPORARY VIEW all_of_a AS
SELECT md5(string_agg(t, '|' ORDER BY t)) AS sum FROM (
    SELECT j::text FROM public.processing_jobs j
    UNION ALL SELECT c::text FROM public.job_checkpoints c
    UNION ALL SELECT e::text FROM public.job_events e
    UNION ALL SELECT m::text FROM public.meeting_analysis m
    UNION ALL SELECT p::text FROM public.search_passages p
    UNION ALL SELECT d::text FROM public.webhook_deliveries d
    UNION ALL SELECT l::text FROM public.audit_log l) r (t) WHERE t LIKE '%aaaaaaaa-%';

-- ---- promises -------------------------------------------------------------------------------------

SELECT ok(coalesce(pg_temp.reads('authenticated', 'bbbbbbbb-1111-4111-8111-111111111111', oid), 0) = 0,
          format('B reads nothing of A''s in %s', name)) FROM relations;
SELECT is(pg_temp.reads('anon', NULL, oid), NULL, format('who is not signed in cannot read %s', name))
FROM relations;
SELECT ok(relrowsecurity, format('%s has row level security', name))
FROM relations WHERE relkind IN ('r', 'p');
SELECT ok('security_invoker=true' = ANY (coalesce(reloptions, '{}')),
          format('%s reads as who asks', name))
FROM relations WHERE relkind = 'v';
SELECT ok(NOT has_table_privilege(who, oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
          AND NOT has_any_column_privilege(who, oid, 'INSERT, UPDATE'),
          format('%s cannot write to %s', who, name))
FROM relations CROSS JOIN unnest(ARRAY['anon', 'authenticated']) who;

SELECT ok(NOT has_function_privilege('anon', oid, 'EXECUTE'),
          format('who is not signed in cannot call %s', name))
FROM functions GROUP BY oid, name;
SELECT ok('search_path=""' = ANY (coalesce(proconfig, '{}')),
          format('%s, which runs as its owner, pins what it finds', name))
FROM functions WHERE prosecdef GROUP BY oid, name, proconfig;
SELECT ok(bool_and(coalesce(pg_temp.gets('authenticated', 'bbbbbbbb-1111-4111-8111-111111111111', call),
                            '') NOT LIKE '%aaaaaaaa-%'),
          format('B gets nothing of A''s by %s', name))
FROM functions WHERE has_function_privilege('authenticated', oid, 'EXECUTE') GROUP BY oid, name;

CREATE TEMPORARY TABLE before AS SELECT sum FROM all_of_a;
DO $$
DECLARE
    call text;
BEGIN
    FOR call IN SELECT f.call FROM functions f
                WHERE has_function_privilege('authenticated', f.oid, 'EXECUTE') LOOP
        BEGIN
            PERFORM pg_temp.become('authenticated', 'bbbbbbbb-1111-4111-8111-111111111111');
            EXECUTE call;
        EXCEPTION WHEN OTHERS THEN
            NULL;
        END;
        PERFORM set_config('role', 'none', true);
    END LOOP;
END $$;
SELECT is((SELECT sum FROM all_of_a), (SELECT sum FROM before), 'B changes nothing of A''s by any function');

-- The tests above see something: the same by A does show and change it.
SELECT cmp_ok((SELECT count(*) FROM relations
               WHERE pg_temp.reads('authenticated', 'aaaaaaaa-1111-4111-8111-111111111111', oid) > 0),
              '>=', 7::bigint, 'A reads their own rows');
SELECT cmp_ok((SELECT count(DISTINCT oid) FROM functions
               WHERE pg_temp.gets('authenticated', 'aaaaaaaa-1111-4111-8111-111111111111', call)
                     LIKE '%aaaaaaaa-%'), '>=', 6::bigint, 'A gets their own rows by functions');

-- ---- limits ---------------------------------------------------------------------------------------

SELECT is(pg_temp.gets('authenticated', 'bbbbbbbb-1111-4111-8111-111111111111',
    'SELECT enqueue_job(id => gen_random_uuid(), source => ''{}'', priority => 10,
            max_attempts => 100) -> ''job'' ->> ''priority'''), '0', 'a user cannot push ahead');
SELECT is(pg_temp.gets('authenticated', 'bbbbbbbb-1111-4111-8111-111111111111',
    'SELECT enqueue_job(id => gen_random_uuid(), source => ''{}'', priority => 10,
            max_attempts => 100) -> ''job'' ->> ''max_attempts'''), '3', 'a user gets no endless tries');

SELECT * FROM finish();
ROLLBACK;

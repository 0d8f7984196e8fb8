-- What Supabase brings and its migrations build on, for a PostgreSQL without it: the three roles,
-- auth.uid() and auth.role(). chip runs this before the first migration where they are missing; it
-- changes nothing that is there.

DO $$
DECLARE
    role name;
BEGIN
    FOREACH role IN ARRAY ARRAY['anon', 'authenticated', 'service_role'] LOOP
        -- Roles belong to the whole server: another database may be making them at this moment.
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', role);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
        -- chip becomes one of them in each transaction.
        BEGIN
            EXECUTE format('GRANT %I TO %I', role, current_user);
        EXCEPTION
            WHEN unique_violation THEN
                NULL;
            WHEN insufficient_privilege THEN
                IF NOT pg_has_role(current_user, role, 'MEMBER') THEN
                    RAISE;
                END IF;
        END;
    END LOOP;
END $$;

CREATE SCHEMA IF NOT EXISTS auth;
GRANT USAGE ON SCHEMA auth TO anon, authenticated, service_role;

DO $$
BEGIN
    IF to_regprocedure('auth.uid()') IS NULL THEN
        CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $f$
            SELECT nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid
        $f$;
    END IF;
    IF to_regprocedure('auth.role()') IS NULL THEN
        CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS $f$
            SELECT nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role', '')
        $f$;
    END IF;
END $$;

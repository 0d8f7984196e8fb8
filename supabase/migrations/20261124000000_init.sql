-- Tables of chip, who may see which rows, and what the functions of the next migrations share.
-- docs/STORE.md is the contract. Helpers live in schema "chip", which PostgREST does not offer.

CREATE SCHEMA chip;

-- Times are kept in whole milliseconds, so that their text says all of them.
CREATE FUNCTION chip.now() RETURNS timestamptz LANGUAGE sql STABLE
RETURN date_trunc('milliseconds', transaction_timestamp());

-- 2026-11-24T12:00:00.123Z
CREATE FUNCTION chip.time_text(moment timestamptz) RETURNS text LANGUAGE sql STABLE
RETURN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- Ends the call: PostgREST answers with the three digits of the code, libpq shows it as SQLSTATE.
CREATE FUNCTION chip.fail(code text, message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = fail.code, MESSAGE = fail.message;
END $$;

CREATE FUNCTION chip.need(holds boolean, message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF holds IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PT400', MESSAGE = need.message;
    END IF;
END $$;

-- ---- tables -------------------------------------------------------------------------------------

CREATE TABLE public.schema_migrations (
    version    integer PRIMARY KEY,
    name       text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT chip.now()
);

CREATE TABLE public.processing_jobs (
    id               uuid PRIMARY KEY,
    user_id          uuid,
    status           text NOT NULL DEFAULT 'pending'
                     CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'cancelled')),
    stage            text,
    progress         double precision NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    speed            double precision,
    eta_seconds      double precision,
    duration_ms      bigint CHECK (duration_ms >= 0),
    priority         integer NOT NULL DEFAULT 0 CHECK (priority BETWEEN -10 AND 10),
    attempts         integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    max_attempts     integer NOT NULL DEFAULT 3 CHECK (max_attempts BETWEEN 1 AND 100),
    title            text CHECK (length(title) <= 1000),
    source           jsonb NOT NULL CHECK (jsonb_typeof(source) = 'object'),
    options          jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(options) = 'object'),
    callback_url     text CHECK (length(callback_url) <= 8192),
    request_hash     text CHECK (length(request_hash) <= 200),
    error            jsonb,
    warnings         jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(warnings) = 'array'),
    redo             text,
    seq              bigint NOT NULL DEFAULT 0,
    lease_token      uuid,
    lease_expires_at timestamptz,
    worker           text,
    run_after        timestamptz NOT NULL DEFAULT chip.now(),
    created_at       timestamptz NOT NULL DEFAULT chip.now(),
    updated_at       timestamptz NOT NULL DEFAULT chip.now(),
    started_at       timestamptz,
    finished_at      timestamptz
);

-- claim_job() walks this one: a user's oldest job of a priority is one step away. Jobs without a
-- user count as one user's, the nil UUID's.
CREATE INDEX processing_jobs_queue ON public.processing_jobs
    (priority DESC, (coalesce(user_id, '00000000-0000-0000-0000-000000000000')), created_at, id)
    WHERE status = 'pending';
CREATE INDEX processing_jobs_leases ON public.processing_jobs (lease_expires_at)
    WHERE status = 'processing';
CREATE INDEX processing_jobs_newest ON public.processing_jobs (created_at DESC, id DESC);
CREATE INDEX processing_jobs_users_newest ON public.processing_jobs
    (user_id, created_at DESC, id DESC);
CREATE INDEX processing_jobs_finished ON public.processing_jobs (finished_at)
    WHERE status IN ('completed', 'failed', 'cancelled');

CREATE TABLE public.job_checkpoints (
    job_id     uuid NOT NULL REFERENCES public.processing_jobs ON DELETE CASCADE,
    stage      text NOT NULL,
    slice      integer NOT NULL CHECK (slice >= 0),
    data       jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (job_id, stage, slice)
);

CREATE TABLE public.job_events (
    job_id     uuid NOT NULL REFERENCES public.processing_jobs ON DELETE CASCADE,
    seq        bigint NOT NULL,
    kind       text NOT NULL,
    data       jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT chip.now(),
    PRIMARY KEY (job_id, seq)
);

CREATE TABLE public.meeting_analysis (
    job_id       uuid PRIMARY KEY REFERENCES public.processing_jobs ON DELETE CASCADE,
    user_id      uuid,
    version      bigint NOT NULL DEFAULT 1,
    title        text,
    language     text,
    model        text,
    duration_ms  bigint,
    n_speakers   integer,
    transcript   jsonb,
    speakers     jsonb,
    metrics      jsonb,
    summary      text,
    topics       jsonb,
    decisions    jsonb,
    action_items jsonb,
    minutes      jsonb,
    receipt      jsonb,
    created_at   timestamptz NOT NULL DEFAULT chip.now(),
    updated_at   timestamptz NOT NULL DEFAULT chip.now()
);
CREATE INDEX meeting_analysis_user ON public.meeting_analysis (user_id, created_at DESC);

CREATE TABLE public.webhook_deliveries (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    job_id           uuid NOT NULL REFERENCES public.processing_jobs ON DELETE CASCADE,
    url              text NOT NULL,
    event            text NOT NULL,
    payload          jsonb NOT NULL,
    status           text NOT NULL DEFAULT 'pending'
                     CHECK (status IN ('pending', 'delivered', 'failed')),
    attempts         integer NOT NULL DEFAULT 0,
    http_status      integer,
    error            text,
    next_try_at      timestamptz DEFAULT chip.now(), -- NULL when it is over
    lease_expires_at timestamptz,
    tries            jsonb NOT NULL DEFAULT '[]',
    created_at       timestamptz NOT NULL DEFAULT chip.now(),
    delivered_at     timestamptz
);
CREATE INDEX webhook_deliveries_job ON public.webhook_deliveries (job_id, created_at);
CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries (next_try_at)
    WHERE status = 'pending';

-- Kept when the job is deleted, so it refers to none.
CREATE TABLE public.audit_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT chip.now(),
    user_id    uuid,
    actor      text NOT NULL,
    action     text NOT NULL,
    job_id     uuid,
    address    text,
    request_id text,
    detail     jsonb
);
CREATE INDEX audit_log_job ON public.audit_log (job_id, id DESC);

-- ---- rows as callers get them: all columns but secrets, times as text ----------------------------

CREATE VIEW chip.job_rows WITH (security_invoker = true) AS
SELECT id, user_id, status, stage, progress, speed, eta_seconds, duration_ms, priority, attempts,
       max_attempts, title, source, options, callback_url, error, warnings, redo, seq, worker,
       chip.time_text(lease_expires_at) AS lease_expires_at,
       chip.time_text(run_after) AS run_after,
       chip.time_text(created_at) AS created_at,
       chip.time_text(updated_at) AS updated_at,
       chip.time_text(started_at) AS started_at,
       chip.time_text(finished_at) AS finished_at
FROM public.processing_jobs;

CREATE VIEW chip.analysis_rows WITH (security_invoker = true) AS
SELECT job_id, user_id, version, title, language, model, duration_ms, n_speakers, transcript,
       speakers, metrics, summary, topics, decisions, action_items, minutes, receipt,
       chip.time_text(created_at) AS created_at, chip.time_text(updated_at) AS updated_at
FROM public.meeting_analysis;

CREATE VIEW chip.delivery_rows WITH (security_invoker = true) AS
SELECT id, job_id, url, event, payload, status, attempts, http_status, error,
       chip.time_text(next_try_at) AS next_try_at,
       chip.time_text(lease_expires_at) AS lease_expires_at, tries,
       chip.time_text(created_at) AS created_at, chip.time_text(delivered_at) AS delivered_at
FROM public.webhook_deliveries;

-- ---- who may see what ---------------------------------------------------------------------------

-- Supabase grants everything in "public" to everybody by default, TRUNCATE included.
REVOKE ALL ON public.schema_migrations, public.processing_jobs, public.job_checkpoints,
    public.job_events, public.meeting_analysis, public.webhook_deliveries, public.audit_log
    FROM PUBLIC, anon, authenticated;
REVOKE ALL ON chip.job_rows, chip.analysis_rows, chip.delivery_rows
    FROM PUBLIC, anon, authenticated;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA chip FROM PUBLIC, anon;

GRANT USAGE ON SCHEMA public, chip TO authenticated, service_role;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA chip TO authenticated, service_role;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.processing_jobs, public.job_checkpoints,
    public.job_events, public.meeting_analysis, public.webhook_deliveries, public.audit_log
    TO service_role;
GRANT SELECT ON public.schema_migrations, chip.job_rows, chip.analysis_rows, chip.delivery_rows
    TO service_role;

-- Users read. What they may change, they change through functions: no grant, so no policy can let
-- them write a status or a lease. The token of a lease is not theirs to know.
GRANT SELECT ON public.job_events, public.meeting_analysis, public.webhook_deliveries,
    chip.job_rows, chip.analysis_rows, chip.delivery_rows TO authenticated;
GRANT SELECT (id, user_id, status, stage, progress, speed, eta_seconds, duration_ms, priority,
    attempts, max_attempts, title, source, options, callback_url, error, warnings, redo, seq, worker,
    lease_expires_at, run_after, created_at, updated_at, started_at, finished_at)
    ON public.processing_jobs TO authenticated;

ALTER TABLE public.schema_migrations ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.processing_jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.job_checkpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.job_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.meeting_analysis ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.webhook_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

-- The service role of Supabase passes by row level security; the one that chip makes elsewhere may
-- not, because only a superuser could let it.
CREATE POLICY service ON public.schema_migrations FOR SELECT TO service_role USING (true);
CREATE POLICY service ON public.processing_jobs TO service_role USING (true) WITH CHECK (true);
CREATE POLICY service ON public.job_checkpoints TO service_role USING (true) WITH CHECK (true);
CREATE POLICY service ON public.job_events TO service_role USING (true) WITH CHECK (true);
CREATE POLICY service ON public.meeting_analysis TO service_role USING (true) WITH CHECK (true);
CREATE POLICY service ON public.webhook_deliveries TO service_role USING (true) WITH CHECK (true);
CREATE POLICY service ON public.audit_log TO service_role USING (true) WITH CHECK (true);

-- "(SELECT auth.uid())" is evaluated once for a query, not once for a row.
CREATE POLICY own ON public.processing_jobs FOR SELECT TO authenticated
    USING (user_id = (SELECT auth.uid()));
CREATE POLICY own ON public.meeting_analysis FOR SELECT TO authenticated
    USING (user_id = (SELECT auth.uid()));
CREATE POLICY own ON public.job_events FOR SELECT TO authenticated
    USING (EXISTS (SELECT FROM public.processing_jobs j
                   WHERE j.id = job_id AND j.user_id = (SELECT auth.uid())));
CREATE POLICY own ON public.webhook_deliveries FOR SELECT TO authenticated
    USING (EXISTS (SELECT FROM public.processing_jobs j
                   WHERE j.id = job_id AND j.user_id = (SELECT auth.uid())));

CREATE FUNCTION public.schema_version() RETURNS jsonb LANGUAGE sql STABLE SET search_path = ''
RETURN (SELECT to_jsonb(max(version)) FROM public.schema_migrations);
REVOKE ALL ON FUNCTION public.schema_version FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION public.schema_version TO service_role;

INSERT INTO public.schema_migrations (version, name) VALUES (1, 'init');

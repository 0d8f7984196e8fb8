-- What happens to jobs: docs/STORE.md has the list. Functions that users may call and that change
-- something run as their owner (SECURITY DEFINER) and ask chip.acting_user() whose rows count.
-- All others run as the caller, under row level security.

-- The user on whose behalf the call is made; NULL when it is the service itself. It is the role
-- that counts, not the claims: a token without a subject must not become the service.
CREATE FUNCTION chip.acting_user() RETURNS uuid LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    acting name := coalesce(nullif(current_setting('role', true), 'none'), session_user);
BEGIN
    IF pg_has_role(acting, 'service_role', 'USAGE') THEN
        RETURN NULL;
    END IF;
    IF auth.uid() IS NULL THEN
        PERFORM chip.fail('PT403', 'The token names no user.');
    END IF;
    RETURN auth.uid();
END $$;

-- A job row; NULL when there is none that the caller sees.
CREATE FUNCTION chip.job(job_id uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    RETURN (SELECT to_jsonb(r) FROM chip.job_rows r WHERE r.id = job_id);
END $$;

-- Locks the job if it is the acting user's.
CREATE FUNCTION chip.lock_job(job_id uuid) RETURNS public.processing_jobs
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    owner uuid := chip.acting_user();
    job public.processing_jobs;
BEGIN
    PERFORM chip.need(job_id IS NOT NULL, 'The argument "id" is missing.');
    SELECT * INTO job FROM public.processing_jobs j
    WHERE j.id = job_id AND (owner IS NULL OR j.user_id = owner) FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM chip.fail('PT404', 'There is no such job.');
    END IF;
    RETURN job;
END $$;

-- Locks the job for the worker that holds its lease.
CREATE FUNCTION chip.lock_leased(job_id uuid, token uuid) RETURNS public.processing_jobs
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    job public.processing_jobs;
BEGIN
    PERFORM chip.need(job_id IS NOT NULL, 'The argument "id" is missing.');
    PERFORM chip.need(token IS NOT NULL, 'The argument "lease_token" is missing.');
    SELECT * INTO job FROM public.processing_jobs j
    WHERE j.id = job_id AND j.status = 'processing' AND j.lease_token = token FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM chip.fail('PT409', 'The lease on this job is lost.');
    END IF;
    RETURN job;
END $$;

-- Writes the event that the caller has counted in job.seq.
CREATE FUNCTION chip.add_event(job public.processing_jobs, kind text, data jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    INSERT INTO public.job_events (job_id, seq, kind, data) VALUES (
        job.id, job.seq, add_event.kind, add_event.data);
END $$;

CREATE FUNCTION chip.status_data(job public.processing_jobs) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = ''
RETURN jsonb_build_object('status', job.status, 'stage', job.stage);

CREATE FUNCTION chip.add_delivery(job public.processing_jobs, event text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF job.callback_url IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO public.webhook_deliveries (job_id, url, event, payload)
    VALUES (job.id, job.callback_url, add_delivery.event, jsonb_build_object(
        'type', add_delivery.event, 'timestamp', chip.time_text(chip.now()), 'data',
        jsonb_build_object(
            'job_id', job.id, 'status', job.status, 'title', job.title, 'error', job.error,
            'duration_ms', job.duration_ms, 'finished_at', chip.time_text(job.finished_at),
            'warnings', job.warnings)));
END $$;

-- Ends a job for good without a result; the caller holds its lock. Checkpoints stay.
CREATE FUNCTION chip.end_failed(job_id uuid, reason jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    job public.processing_jobs;
BEGIN
    UPDATE public.processing_jobs j
    SET status = 'failed', error = reason, seq = j.seq + 1, lease_token = NULL,
        lease_expires_at = NULL, updated_at = chip.now(), finished_at = chip.now()
    WHERE j.id = job_id RETURNING * INTO job;
    PERFORM chip.add_event(job, 'failed',
                           jsonb_build_object('status', job.status, 'error', job.error));
    PERFORM chip.add_delivery(job, 'job.failed');
END $$;

CREATE FUNCTION chip.end_lost(job public.processing_jobs) RETURNS void
LANGUAGE sql SET search_path = '' AS $$
SELECT chip.end_failed(job.id, jsonb_build_object(
    'code', 'worker_lost', 'message', format('the work on this recording stopped without a word '
        '%s times; most likely it does not fit into memory', job.attempts),
    'stage', job.stage, 'retryable', false));
$$;

-- ---- for users too ------------------------------------------------------------------------------

CREATE FUNCTION public.enqueue_job(
    id uuid DEFAULT NULL, source jsonb DEFAULT NULL, options jsonb DEFAULT NULL,
    user_id uuid DEFAULT NULL, callback_url text DEFAULT NULL, title text DEFAULT NULL,
    priority integer DEFAULT NULL, max_attempts integer DEFAULT NULL,
    request_hash text DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    acting uuid := chip.acting_user();
    owner uuid := coalesce(enqueue_job.user_id, acting);
    job public.processing_jobs;
    created boolean;
BEGIN
    PERFORM chip.need(enqueue_job.id IS NOT NULL, 'The argument "id" is missing.');
    PERFORM chip.need(enqueue_job.source IS NOT NULL, 'The argument "source" is missing.');
    IF acting IS NOT NULL AND owner <> acting THEN
        PERFORM chip.fail('PT403', 'A user can only add jobs of their own.');
    END IF;
    INSERT INTO public.processing_jobs (
        id, user_id, source, options, callback_url, title, priority, max_attempts, request_hash, seq)
    VALUES (enqueue_job.id, owner, enqueue_job.source, coalesce(enqueue_job.options, '{}'),
        enqueue_job.callback_url, enqueue_job.title, coalesce(enqueue_job.priority, 0),
        coalesce(enqueue_job.max_attempts, 3), enqueue_job.request_hash, 1)
    ON CONFLICT (id) DO NOTHING RETURNING * INTO job;
    created := FOUND;
    IF created THEN
        PERFORM chip.add_event(job, 'status', chip.status_data(job));
    ELSE
        SELECT * INTO job FROM public.processing_jobs j WHERE j.id = enqueue_job.id;
        IF NOT FOUND THEN
            PERFORM chip.fail('40001', 'The job was deleted at the same moment.');
        END IF;
        IF job.user_id IS DISTINCT FROM owner
           OR job.request_hash IS DISTINCT FROM enqueue_job.request_hash THEN
            PERFORM chip.fail('PT409', 'There is another job with this id.');
        END IF;
    END IF;
    RETURN jsonb_build_object('job', chip.job(job.id), 'created', created);
END $$;

CREATE FUNCTION public.get_job(id uuid DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    job jsonb := chip.job(get_job.id);
BEGIN
    PERFORM chip.need(get_job.id IS NOT NULL, 'The argument "id" is missing.');
    IF job IS NULL THEN
        PERFORM chip.fail('PT404', 'There is no such job.');
    END IF;
    RETURN job;
END $$;

CREATE FUNCTION public.list_jobs(
    status text DEFAULT NULL, query text DEFAULT NULL, before text DEFAULT NULL,
    "limit" integer DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    wanted integer := least(greatest(coalesce(list_jobs."limit", 50), 1), 200);
    before_at timestamptz := split_part(list_jobs.before, '/', 1);
    before_id uuid := split_part(list_jobs.before, '/', 2);
    jobs jsonb;
BEGIN
    PERFORM chip.need(coalesce(list_jobs.status, 'pending') IN (
        'pending', 'processing', 'completed', 'failed', 'cancelled'), 'There is no such status.');
    SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY page.created_at DESC, page.id DESC), '[]')
    INTO jobs
    FROM (SELECT j.id, j.created_at FROM public.processing_jobs j
          WHERE (list_jobs.status IS NULL OR j.status = list_jobs.status)
            AND (list_jobs.query IS NULL OR strpos(lower(j.title COLLATE "C"),
                 lower(list_jobs.query COLLATE "C")) > 0)
            AND (before_at IS NULL OR (j.created_at, j.id) < (before_at, before_id))
          ORDER BY j.created_at DESC, j.id DESC LIMIT wanted + 1) page
    JOIN chip.job_rows r ON r.id = page.id;
    IF jsonb_array_length(jobs) <= wanted THEN
        RETURN jsonb_build_object('jobs', jobs, 'next', NULL);
    END IF;
    jobs := jobs - wanted;
    RETURN jsonb_build_object('jobs', jobs, 'next',
        (jobs -> -1 ->> 'created_at') || '/' || (jobs -> -1 ->> 'id'));
END $$;

CREATE FUNCTION public.cancel_job(id uuid DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    job public.processing_jobs := chip.lock_job(cancel_job.id);
BEGIN
    IF job.status IN ('completed', 'failed') THEN
        PERFORM chip.fail('PT409', format('The job is %s already.', job.status));
    END IF;
    IF job.status <> 'cancelled' THEN
        UPDATE public.processing_jobs j
        SET status = 'cancelled', seq = j.seq + 1, lease_token = NULL, lease_expires_at = NULL,
            updated_at = chip.now(), finished_at = chip.now()
        WHERE j.id = job.id RETURNING * INTO job;
        PERFORM chip.add_event(job, 'cancelled', jsonb_build_object('status', job.status));
    END IF;
    RETURN chip.job(job.id);
END $$;

CREATE FUNCTION public.redo_job(
    id uuid DEFAULT NULL, stage text DEFAULT NULL, options jsonb DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    job public.processing_jobs := chip.lock_job(redo_job.id);
BEGIN
    IF job.status IN ('pending', 'processing') THEN
        PERFORM chip.fail('PT409', 'The job is not finished yet.');
    END IF;
    IF redo_job.stage IS NULL THEN
        DELETE FROM public.job_checkpoints c WHERE c.job_id = job.id;
    END IF;
    UPDATE public.processing_jobs j
    SET status = 'pending', redo = redo_job.stage, options = coalesce(redo_job.options, j.options),
        stage = NULL, progress = 0, speed = NULL, eta_seconds = NULL, attempts = 0, error = NULL,
        warnings = '[]', seq = j.seq + 1, lease_token = NULL, worker = NULL, run_after = chip.now(),
        updated_at = chip.now(), started_at = NULL, finished_at = NULL
    WHERE j.id = job.id RETURNING * INTO job;
    PERFORM chip.add_event(job, 'status', chip.status_data(job));
    RETURN chip.job(job.id);
END $$;

CREATE FUNCTION public.delete_job(id uuid DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    job public.processing_jobs := chip.lock_job(delete_job.id);
BEGIN
    DELETE FROM public.processing_jobs j WHERE j.id = job.id;
    RETURN jsonb_build_object('deleted', true);
END $$;

-- ---- for the service ----------------------------------------------------------------------------

-- The users who have something to do at one priority, each with their oldest job that may run now,
-- whoever has least in work first. It steps from user to user through processing_jobs_queue, so a
-- long queue costs no more than a short one.
CREATE FUNCTION chip.turns(level integer, for_node text)
RETURNS TABLE (who uuid, lost_id uuid) LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE users (who) AS (
        (SELECT coalesce(j.user_id, '00000000-0000-0000-0000-000000000000')
         FROM public.processing_jobs j WHERE j.status = 'pending' AND j.priority = level
         ORDER BY 1 LIMIT 1)
        UNION ALL
        SELECT (SELECT coalesce(j.user_id, '00000000-0000-0000-0000-000000000000')
                FROM public.processing_jobs j
                WHERE j.status = 'pending' AND j.priority = level
                  AND coalesce(j.user_id, '00000000-0000-0000-0000-000000000000') > users.who
                ORDER BY 1 LIMIT 1)
        FROM users WHERE users.who IS NOT NULL
    ), heads AS (
        SELECT users.who, NULL::uuid AS lost_id, first.created_at, first.id
        FROM users CROSS JOIN LATERAL (
            SELECT j.created_at, j.id FROM public.processing_jobs j
            WHERE j.status = 'pending' AND j.priority = level
              AND coalesce(j.user_id, '00000000-0000-0000-0000-000000000000') = users.who
              AND j.run_after <= now() AND coalesce(j.source ->> 'node', for_node) = for_node
            ORDER BY j.created_at, j.id LIMIT 1) first
        UNION ALL
        SELECT coalesce(j.user_id, '00000000-0000-0000-0000-000000000000'), j.id, j.created_at, j.id
        FROM public.processing_jobs j
        WHERE j.status = 'processing' AND j.lease_expires_at <= now() AND j.priority = level
          AND (j.attempts >= j.max_attempts OR coalesce(j.source ->> 'node', for_node) = for_node)
    ), busy AS (
        SELECT coalesce(j.user_id, '00000000-0000-0000-0000-000000000000') AS who, count(*) AS n
        FROM public.processing_jobs j
        WHERE j.status = 'processing' AND j.lease_expires_at > now() GROUP BY 1
    )
    SELECT heads.who, heads.lost_id FROM heads LEFT JOIN busy ON busy.who = heads.who
    ORDER BY coalesce(busy.n, 0), heads.created_at, heads.id;
END $$;

-- The highest priority below `level` at which there may be something to do; NULL: none.
CREATE FUNCTION chip.level_below(level integer) RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    RETURN greatest(
        (SELECT j.priority FROM public.processing_jobs j
         WHERE j.status = 'pending' AND j.priority < level
         ORDER BY j.priority DESC LIMIT 1),
        (SELECT max(j.priority) FROM public.processing_jobs j
         WHERE j.status = 'processing' AND j.lease_expires_at <= now() AND j.priority < level));
END $$;

-- It runs as its owner, because behind a policy the planner does not trust the order of the index
-- and sorts the whole queue. Plain index scans leave marks on entries of finished jobs, so that the
-- next one passes them quickly; bitmap scans visit each again until the table is vacuumed.
CREATE FUNCTION public.claim_job(
    worker text DEFAULT NULL, node text DEFAULT NULL, lease_seconds double precision DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = '' SET enable_bitmapscan = off AS $$
#variable_conflict use_column
DECLARE
    level integer := 11;
    turn record;
    job public.processing_jobs;
BEGIN
    PERFORM chip.need(claim_job.worker IS NOT NULL, 'The argument "worker" is missing.');
    PERFORM chip.need(claim_job.node IS NOT NULL, 'The argument "node" is missing.');
    PERFORM chip.need(claim_job.lease_seconds >= 0, 'The argument "lease_seconds" is missing.');
    <<search>>
    LOOP
        level := chip.level_below(level);
        IF level IS NULL THEN
            RETURN NULL;
        END IF;
        FOR turn IN SELECT who, lost_id FROM chip.turns(level, claim_job.node) LOOP
            IF turn.lost_id IS NULL THEN
                SELECT * INTO job FROM public.processing_jobs j
                WHERE j.status = 'pending' AND j.priority = level
                  AND coalesce(j.user_id, '00000000-0000-0000-0000-000000000000') = turn.who
                  AND j.run_after <= now()
                  AND coalesce(j.source ->> 'node', claim_job.node) = claim_job.node
                ORDER BY j.created_at, j.id LIMIT 1 FOR UPDATE SKIP LOCKED;
            ELSE
                SELECT * INTO job FROM public.processing_jobs j
                WHERE j.id = turn.lost_id AND j.status = 'processing' AND j.lease_expires_at <= now()
                FOR UPDATE SKIP LOCKED;
                IF job.attempts >= job.max_attempts THEN
                    PERFORM chip.end_lost(job);
                    CONTINUE;
                END IF;
            END IF;
            EXIT search WHEN job.id IS NOT NULL;
        END LOOP;
    END LOOP;
    UPDATE public.processing_jobs j
    SET status = 'processing', attempts = j.attempts + 1, seq = j.seq + 1,
        lease_token = gen_random_uuid(), worker = claim_job.worker,
        lease_expires_at = chip.now() + make_interval(secs => claim_job.lease_seconds),
        updated_at = chip.now(), started_at = coalesce(j.started_at, chip.now())
    WHERE j.id = job.id RETURNING * INTO job;
    PERFORM chip.add_event(job, 'status', chip.status_data(job));
    RETURN chip.job(job.id) || jsonb_build_object('lease_token', job.lease_token);
END $$;

CREATE FUNCTION public.heartbeat_job(
    id uuid DEFAULT NULL, lease_token uuid DEFAULT NULL, lease_seconds double precision DEFAULT NULL,
    stage text DEFAULT NULL, progress double precision DEFAULT NULL,
    speed double precision DEFAULT NULL, eta_seconds double precision DEFAULT NULL,
    duration_ms bigint DEFAULT NULL, title text DEFAULT NULL, events jsonb DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    old public.processing_jobs := chip.lock_leased(heartbeat_job.id, heartbeat_job.lease_token);
    job public.processing_jobs;
    n_events integer;
    moved boolean;
BEGIN
    PERFORM chip.need(heartbeat_job.lease_seconds >= 0, 'The argument "lease_seconds" is missing.');
    PERFORM chip.need(jsonb_typeof(coalesce(heartbeat_job.events, '[]')) = 'array',
                      'The argument "events" is no array.');
    n_events := jsonb_array_length(coalesce(heartbeat_job.events, '[]'));
    moved := coalesce(heartbeat_job.stage <> coalesce(old.stage, ''), false)
        OR coalesce(heartbeat_job.progress <> old.progress, false);
    UPDATE public.processing_jobs j
    SET lease_expires_at = chip.now() + make_interval(secs => heartbeat_job.lease_seconds),
        stage = coalesce(heartbeat_job.stage, j.stage),
        progress = coalesce(heartbeat_job.progress, j.progress),
        speed = coalesce(heartbeat_job.speed, j.speed),
        eta_seconds = coalesce(heartbeat_job.eta_seconds, j.eta_seconds),
        duration_ms = coalesce(heartbeat_job.duration_ms, j.duration_ms),
        title = coalesce(heartbeat_job.title, j.title),
        seq = j.seq + n_events + moved::integer, updated_at = chip.now()
    WHERE j.id = old.id RETURNING * INTO job;
    INSERT INTO public.job_events (job_id, seq, kind, data)
    SELECT old.id, old.seq + e.n, e.value ->> 'kind', coalesce(e.value -> 'data', '{}')
    FROM jsonb_array_elements(heartbeat_job.events) WITH ORDINALITY e (value, n);
    IF moved THEN
        PERFORM chip.add_event(job, 'progress', jsonb_build_object(
            'stage', job.stage, 'progress', job.progress, 'speed', job.speed,
            'eta_seconds', job.eta_seconds, 'duration_ms', job.duration_ms));
    END IF;
    RETURN jsonb_build_object('seq', job.seq);
END $$;

CREATE FUNCTION public.checkpoint_job(
    id uuid DEFAULT NULL, lease_token uuid DEFAULT NULL, stage text DEFAULT NULL,
    slice integer DEFAULT NULL, data jsonb DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    job public.processing_jobs := chip.lock_leased(checkpoint_job.id, checkpoint_job.lease_token);
BEGIN
    PERFORM chip.need(checkpoint_job.stage IS NOT NULL, 'The argument "stage" is missing.');
    PERFORM chip.need(checkpoint_job.data IS NOT NULL, 'The argument "data" is missing.');
    INSERT INTO public.job_checkpoints (job_id, stage, slice, data)
    VALUES (job.id, checkpoint_job.stage, coalesce(checkpoint_job.slice, 0), checkpoint_job.data)
    ON CONFLICT (job_id, stage, slice) DO UPDATE SET data = excluded.data;
    RETURN NULL;
END $$;

CREATE FUNCTION public.list_checkpoints(id uuid DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM public.get_job(list_checkpoints.id);
    RETURN (SELECT coalesce(jsonb_agg(
                jsonb_build_object('stage', c.stage, 'slice', c.slice, 'data', c.data)
                ORDER BY c.first, c.stage, c.slice), '[]')
            FROM (SELECT stage, slice, data, min(created_at) OVER (PARTITION BY stage) AS first
                  FROM public.job_checkpoints WHERE job_id = list_checkpoints.id) c);
END $$;

CREATE FUNCTION public.complete_job(
    id uuid DEFAULT NULL, lease_token uuid DEFAULT NULL, analysis jsonb DEFAULT NULL,
    warnings jsonb DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    job public.processing_jobs;
BEGIN
    PERFORM chip.need(complete_job.id IS NOT NULL, 'The argument "id" is missing.');
    -- The token stays in the finished job, for a worker that did not hear that it is done.
    SELECT * INTO job FROM public.processing_jobs j WHERE j.id = complete_job.id FOR UPDATE;
    IF job.status = 'completed' AND job.lease_token = complete_job.lease_token THEN
        RETURN chip.job(job.id);
    END IF;
    job := chip.lock_leased(complete_job.id, complete_job.lease_token);
    PERFORM chip.write_analysis(job, complete_job.analysis);
    DELETE FROM public.job_checkpoints c WHERE c.job_id = job.id;
    UPDATE public.processing_jobs j
    SET status = 'completed', progress = 100, redo = NULL, error = NULL,
        warnings = coalesce(complete_job.warnings, '[]'), eta_seconds = NULL, seq = j.seq + 1,
        lease_expires_at = NULL, updated_at = chip.now(), finished_at = chip.now()
    WHERE j.id = job.id RETURNING * INTO job;
    PERFORM chip.add_event(job, 'completed',
                           jsonb_build_object('status', job.status, 'warnings', job.warnings));
    PERFORM chip.add_delivery(job, 'job.completed');
    RETURN chip.job(job.id);
END $$;

CREATE FUNCTION public.fail_job(
    id uuid DEFAULT NULL, lease_token uuid DEFAULT NULL, error jsonb DEFAULT NULL,
    retry_seconds double precision DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    job public.processing_jobs := chip.lock_leased(fail_job.id, fail_job.lease_token);
BEGIN
    PERFORM chip.need(fail_job.error IS NOT NULL, 'The argument "error" is missing.');
    IF fail_job.retry_seconds IS NULL OR job.attempts >= job.max_attempts THEN
        PERFORM chip.end_failed(job.id, fail_job.error);
        RETURN chip.job(job.id);
    END IF;
    UPDATE public.processing_jobs j
    SET status = 'pending', error = fail_job.error, seq = j.seq + 1, lease_token = NULL,
        lease_expires_at = NULL, updated_at = chip.now(),
        run_after = chip.now() + make_interval(secs => fail_job.retry_seconds)
    WHERE j.id = job.id RETURNING * INTO job;
    PERFORM chip.add_event(job, 'retry',
                           jsonb_build_object('status', job.status, 'error', job.error));
    RETURN chip.job(job.id);
END $$;

CREATE FUNCTION public.release_job(id uuid DEFAULT NULL, lease_token uuid DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    job public.processing_jobs := chip.lock_leased(release_job.id, release_job.lease_token);
BEGIN
    UPDATE public.processing_jobs j
    SET status = 'pending', attempts = greatest(j.attempts - 1, 0), seq = j.seq + 1,
        lease_token = NULL, lease_expires_at = NULL, run_after = chip.now(), updated_at = chip.now()
    WHERE j.id = job.id RETURNING * INTO job;
    PERFORM chip.add_event(job, 'status', chip.status_data(job));
    RETURN chip.job(job.id);
END $$;

-- ---- who may execute what -----------------------------------------------------------------------

-- Functions are everybody's by default, in Supabase anon's too.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA chip FROM PUBLIC, anon;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA chip TO service_role;
GRANT EXECUTE ON FUNCTION chip.acting_user, chip.job TO authenticated;

REVOKE ALL ON FUNCTION
    public.enqueue_job, public.get_job, public.list_jobs, public.cancel_job, public.redo_job,
    public.delete_job, public.claim_job, public.heartbeat_job, public.checkpoint_job,
    public.list_checkpoints, public.complete_job, public.fail_job, public.release_job
    FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION
    public.enqueue_job, public.get_job, public.list_jobs, public.cancel_job, public.redo_job,
    public.delete_job
    TO authenticated, service_role;
GRANT EXECUTE ON FUNCTION
    public.claim_job, public.heartbeat_job, public.checkpoint_job, public.list_checkpoints,
    public.complete_job, public.fail_job, public.release_job
    TO service_role;

INSERT INTO public.schema_migrations (version, name) VALUES (2, 'job_functions');

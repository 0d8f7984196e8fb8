-- Results, events, webhooks, the audit log.

-- The columns of `changes` over those of `old`. What is not in `changes` stays.
CREATE FUNCTION chip.changed(old public.meeting_analysis, changes jsonb)
RETURNS public.meeting_analysis LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    wrong text;
BEGIN
    PERFORM chip.need(jsonb_typeof(changes) = 'object', 'The analysis is no object of columns.');
    SELECT k INTO wrong FROM jsonb_object_keys(changes) k
    WHERE k NOT IN ('title', 'language', 'model', 'duration_ms', 'n_speakers', 'transcript',
        'speakers', 'metrics', 'summary', 'topics', 'decisions', 'action_items', 'minutes',
        'receipt');
    PERFORM chip.need(wrong IS NULL, format('An analysis has no column "%s".', wrong));
    RETURN jsonb_populate_record(old, changes);
END $$;

CREATE FUNCTION chip.write_analysis(job public.processing_jobs, analysis jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    was public.meeting_analysis;
    row public.meeting_analysis;
BEGIN
    PERFORM chip.need(analysis IS NOT NULL, 'The argument "analysis" is missing.');
    SELECT * INTO was FROM public.meeting_analysis m WHERE m.job_id = job.id FOR UPDATE;
    -- A stage that is done again leaves what other stages found.
    row := chip.changed(CASE WHEN job.redo IS NOT NULL THEN was END, analysis);
    row.job_id := job.id;
    row.user_id := job.user_id;
    row.version := coalesce(was.version, 0) + 1;
    row.created_at := coalesce(was.created_at, chip.now());
    row.updated_at := chip.now();
    DELETE FROM public.meeting_analysis m WHERE m.job_id = job.id;
    INSERT INTO public.meeting_analysis VALUES (row.*);
END $$;

-- Fails unless the caller sees the job.
CREATE FUNCTION chip.need_job(job_id uuid) RETURNS void LANGUAGE plpgsql STABLE SET search_path = ''
AS $$
BEGIN
    PERFORM chip.need(job_id IS NOT NULL, 'The argument "job_id" is missing.');
    IF NOT EXISTS (SELECT FROM public.processing_jobs j WHERE j.id = need_job.job_id) THEN
        PERFORM chip.fail('PT404', 'There is no such job.');
    END IF;
END $$;

-- ---- for users too ------------------------------------------------------------------------------

CREATE FUNCTION public.get_analysis(job_id uuid DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    result jsonb;
BEGIN
    PERFORM chip.need_job(get_analysis.job_id);
    SELECT to_jsonb(r) INTO result FROM chip.analysis_rows r WHERE r.job_id = get_analysis.job_id;
    IF NOT FOUND THEN
        PERFORM chip.fail('PT404', 'The job has no result yet.');
    END IF;
    RETURN result;
END $$;

CREATE FUNCTION public.save_analysis(
    job_id uuid DEFAULT NULL, version bigint DEFAULT NULL, changes jsonb DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    job public.processing_jobs := chip.lock_job(save_analysis.job_id);
    row public.meeting_analysis;
BEGIN
    PERFORM chip.need(save_analysis.version IS NOT NULL, 'The argument "version" is missing.');
    PERFORM chip.need(save_analysis.changes IS NOT NULL, 'The argument "changes" is missing.');
    SELECT * INTO row FROM public.meeting_analysis m WHERE m.job_id = job.id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM chip.fail('PT404', 'The job has no result yet.');
    END IF;
    IF row.version <> save_analysis.version THEN
        PERFORM chip.fail('PT409', format('The result is at version %s by now.', row.version));
    END IF;
    row := chip.changed(row, save_analysis.changes);
    UPDATE public.meeting_analysis m
    SET version = m.version + 1, title = row.title, language = row.language, model = row.model,
        duration_ms = row.duration_ms, n_speakers = row.n_speakers, transcript = row.transcript,
        speakers = row.speakers, metrics = row.metrics, summary = row.summary, topics = row.topics,
        decisions = row.decisions, action_items = row.action_items, minutes = row.minutes,
        receipt = row.receipt, updated_at = chip.now()
    WHERE m.job_id = job.id;
    RETURN public.get_analysis(job.id);
END $$;

CREATE FUNCTION public.list_events(
    job_id uuid DEFAULT NULL, after bigint DEFAULT NULL, "limit" integer DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM chip.need_job(list_events.job_id);
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('seq', e.seq, 'kind', e.kind,
                'data', e.data, 'created_at', chip.time_text(e.created_at)) ORDER BY e.seq), '[]')
            FROM (SELECT seq, kind, data, created_at FROM public.job_events
                  WHERE job_id = list_events.job_id AND seq > coalesce(list_events.after, 0)
                  ORDER BY seq LIMIT least(greatest(coalesce(list_events."limit", 500), 1), 1000)
                 ) e);
END $$;

CREATE FUNCTION public.list_deliveries(job_id uuid DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM chip.need_job(list_deliveries.job_id);
    RETURN (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.created_at, r.id), '[]')
            FROM chip.delivery_rows r WHERE r.job_id = list_deliveries.job_id);
END $$;

-- ---- for the service ----------------------------------------------------------------------------

CREATE FUNCTION public.watch_jobs(ids uuid[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM chip.need(watch_jobs.ids IS NOT NULL, 'The argument "ids" is missing.');
    PERFORM chip.need(cardinality(watch_jobs.ids) <= 5000, 'At most 5000 jobs can be watched.');
    RETURN (SELECT coalesce(jsonb_object_agg(j.id, j.seq), '{}') FROM public.processing_jobs j
            WHERE j.id = ANY (watch_jobs.ids));
END $$;

CREATE FUNCTION public.claim_deliveries(
    "limit" integer DEFAULT NULL, lease_seconds double precision DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    claimed uuid[];
BEGIN
    PERFORM chip.need(claim_deliveries."limit" > 0, 'The argument "limit" is missing.');
    PERFORM chip.need(claim_deliveries.lease_seconds >= 0,
                      'The argument "lease_seconds" is missing.');
    WITH due AS (
        SELECT id FROM public.webhook_deliveries
        WHERE status = 'pending' AND next_try_at <= now()
          AND (lease_expires_at IS NULL OR lease_expires_at <= now())
        ORDER BY next_try_at LIMIT claim_deliveries."limit" FOR UPDATE SKIP LOCKED
    ), leased AS (
        UPDATE public.webhook_deliveries d
        SET lease_expires_at = chip.now() + make_interval(secs => claim_deliveries.lease_seconds)
        FROM due WHERE d.id = due.id RETURNING d.id
    )
    SELECT array_agg(id) INTO claimed FROM leased;
    RETURN (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.next_try_at, r.created_at, r.id), '[]')
            FROM chip.delivery_rows r WHERE r.id = ANY (claimed));
END $$;

CREATE FUNCTION public.finish_delivery(
    id uuid DEFAULT NULL, ok boolean DEFAULT NULL, http_status integer DEFAULT NULL,
    error text DEFAULT NULL, ms bigint DEFAULT NULL, retry_seconds double precision DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    row public.webhook_deliveries;
BEGIN
    PERFORM chip.need(finish_delivery.id IS NOT NULL, 'The argument "id" is missing.');
    PERFORM chip.need(finish_delivery.ok IS NOT NULL, 'The argument "ok" is missing.');
    SELECT * INTO row FROM public.webhook_deliveries d WHERE d.id = finish_delivery.id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM chip.fail('PT404', 'There is no such delivery.');
    END IF;
    -- One that is not leased was finished before, and this is the same call again.
    IF row.status = 'pending' AND row.lease_expires_at IS NOT NULL THEN
        UPDATE public.webhook_deliveries d
        SET status = CASE WHEN finish_delivery.ok THEN 'delivered'
                          WHEN finish_delivery.retry_seconds IS NULL THEN 'failed'
                          ELSE 'pending' END,
            attempts = d.attempts + 1, http_status = finish_delivery.http_status,
            error = finish_delivery.error, lease_expires_at = NULL,
            next_try_at = CASE WHEN NOT finish_delivery.ok THEN
                chip.now() + make_interval(secs => finish_delivery.retry_seconds) END,
            delivered_at = CASE WHEN finish_delivery.ok THEN chip.now() END,
            tries = d.tries || jsonb_build_object(
                'at', chip.time_text(chip.now()), 'http_status', finish_delivery.http_status,
                'error', finish_delivery.error, 'ms', finish_delivery.ms)
        WHERE d.id = row.id;
    END IF;
    RETURN (SELECT to_jsonb(r) FROM chip.delivery_rows r WHERE r.id = row.id);
END $$;

CREATE FUNCTION public.add_audit(entries jsonb DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM chip.need(jsonb_typeof(add_audit.entries) = 'array', 'The argument "entries" is missing.');
    INSERT INTO public.audit_log (user_id, actor, action, job_id, address, request_id, detail)
    SELECT e.user_id, e.actor, e.action, e.job_id, e.address, e.request_id, e.detail
    FROM jsonb_to_recordset(add_audit.entries) e (
        user_id uuid, actor text, action text, job_id uuid, address text, request_id text,
        detail jsonb);
    RETURN NULL;
END $$;

CREATE FUNCTION public.list_audit(
    job_id uuid DEFAULT NULL, before bigint DEFAULT NULL, "limit" integer DEFAULT NULL
) RETURNS jsonb LANGUAGE sql STABLE SET search_path = '' AS $$
SELECT coalesce(jsonb_agg(to_jsonb(e) || jsonb_build_object('at', chip.time_text(e.at))
                          ORDER BY e.id DESC), '[]')
FROM (SELECT id, at, user_id, actor, action, job_id, address, request_id, detail
      FROM public.audit_log l
      WHERE (list_audit.job_id IS NULL OR l.job_id = list_audit.job_id)
        AND (list_audit.before IS NULL OR l.id < list_audit.before)
      ORDER BY l.id DESC LIMIT least(greatest(coalesce(list_audit."limit", 100), 1), 1000)) e;
$$;

CREATE FUNCTION public.queue_stats() RETURNS jsonb LANGUAGE sql STABLE SET search_path = '' AS $$
SELECT jsonb_build_object(
    'pending', count(*) FILTER (WHERE status = 'pending'),
    'processing', count(*) FILTER (WHERE status = 'processing'),
    'completed', count(*) FILTER (WHERE status = 'completed'),
    'failed', count(*) FILTER (WHERE status = 'failed'),
    'cancelled', count(*) FILTER (WHERE status = 'cancelled'),
    'oldest_pending_seconds', coalesce(extract(epoch FROM now() - min(run_after)
        FILTER (WHERE status = 'pending' AND run_after <= now())), 0)::double precision,
    'retries_waiting', count(*) FILTER (WHERE status = 'pending' AND run_after > now()),
    'deliveries_pending', (SELECT count(*) FROM public.webhook_deliveries WHERE status = 'pending'))
FROM public.processing_jobs;
$$;

CREATE FUNCTION public.expire_jobs(
    retain_days double precision DEFAULT NULL, "limit" integer DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    at_most integer := greatest(coalesce(expire_jobs."limit", 100), 1);
    job public.processing_jobs;
    failed integer := 0;
    deleted jsonb := '[]';
BEGIN
    FOR job IN
        SELECT * FROM public.processing_jobs j
        WHERE j.status = 'processing' AND j.lease_expires_at <= now()
          AND j.attempts >= j.max_attempts
        ORDER BY j.lease_expires_at LIMIT at_most FOR UPDATE SKIP LOCKED
    LOOP
        PERFORM chip.end_lost(job);
        failed := failed + 1;
    END LOOP;
    IF expire_jobs.retain_days > 0 THEN
        WITH old AS (
            SELECT id FROM public.processing_jobs
            WHERE status IN ('completed', 'failed', 'cancelled')
              AND finished_at <= now() - make_interval(secs => expire_jobs.retain_days * 86400)
            ORDER BY finished_at LIMIT at_most FOR UPDATE SKIP LOCKED
        ), gone AS (
            DELETE FROM public.processing_jobs j USING old WHERE j.id = old.id RETURNING j.id
        )
        SELECT coalesce(jsonb_agg(id), '[]') INTO deleted FROM gone;
    END IF;
    RETURN jsonb_build_object('failed', failed, 'deleted', deleted);
END $$;

-- ---- who may execute what -----------------------------------------------------------------------

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA chip FROM PUBLIC, anon;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA chip TO service_role;
GRANT EXECUTE ON FUNCTION chip.need_job TO authenticated;

REVOKE ALL ON FUNCTION
    public.get_analysis, public.save_analysis, public.list_events, public.list_deliveries,
    public.watch_jobs, public.claim_deliveries, public.finish_delivery, public.add_audit,
    public.list_audit, public.queue_stats, public.expire_jobs
    FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION
    public.get_analysis, public.save_analysis, public.list_events, public.list_deliveries
    TO authenticated, service_role;
GRANT EXECUTE ON FUNCTION
    public.watch_jobs, public.claim_deliveries, public.finish_delivery, public.add_audit,
    public.list_audit, public.queue_stats, public.expire_jobs
    TO service_role;

INSERT INTO public.schema_migrations (version, name) VALUES (3, 'result_functions');

-- Users can call enqueue_job() themselves, through PostgREST. They may give way to others (a priority
-- below 0) and ask for fewer tries, but not push ahead of the queue or keep it busy with a hundred.
-- The service may set both.

CREATE OR REPLACE FUNCTION public.enqueue_job(
    id uuid DEFAULT NULL, source jsonb DEFAULT NULL, options jsonb DEFAULT NULL,
    user_id uuid DEFAULT NULL, callback_url text DEFAULT NULL, title text DEFAULT NULL,
    priority integer DEFAULT NULL, max_attempts integer DEFAULT NULL,
    request_hash text DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    acting uuid := chip.acting_user();
    owner uuid := coalesce(enqueue_job.user_id, acting);
    level integer := coalesce(enqueue_job.priority, 0);
    tries integer := coalesce(enqueue_job.max_attempts, 3);
    job public.processing_jobs;
    created boolean;
BEGIN
    PERFORM chip.need(enqueue_job.id IS NOT NULL, 'The argument "id" is missing.');
    PERFORM chip.need(enqueue_job.source IS NOT NULL, 'The argument "source" is missing.');
    IF acting IS NOT NULL AND owner <> acting THEN
        PERFORM chip.fail('PT403', 'A user can only add jobs of their own.');
    END IF;
    IF acting IS NOT NULL THEN
        level := least(level, 0);
        tries := least(tries, 3);
    END IF;
    INSERT INTO public.processing_jobs (
        id, user_id, source, options, callback_url, title, priority, max_attempts, request_hash, seq)
    VALUES (enqueue_job.id, owner, enqueue_job.source, coalesce(enqueue_job.options, '{}'),
        enqueue_job.callback_url, enqueue_job.title, level, tries, enqueue_job.request_hash, 1)
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

INSERT INTO public.schema_migrations (version, name) VALUES (6, 'enqueue_limits');

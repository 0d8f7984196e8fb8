-- A job gets another title, and what was found out about its recording with it.

CREATE FUNCTION public.rename_job(id uuid DEFAULT NULL, title text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    job public.processing_jobs := chip.lock_job(rename_job.id);
BEGIN
    UPDATE public.processing_jobs j SET title = rename_job.title, updated_at = chip.now()
    WHERE j.id = job.id;
    UPDATE public.meeting_analysis a SET title = rename_job.title WHERE a.job_id = job.id;
    RETURN chip.job(job.id);
END $$;

REVOKE ALL ON FUNCTION public.rename_job FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION public.rename_job TO authenticated, service_role;

INSERT INTO public.schema_migrations (version, name) VALUES (4, 'rename_job');

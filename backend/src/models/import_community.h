/**
 * pyannote's community-1: from the files of its repository to a model folder. The networks are in
 * docs/MODELS.md.
 */
#pragma once

#include "base/err.h"

/** Where the files are. */
struct chip_community_files {
    const char *segmentation, *embedding; /* pytorch_model.bin of either */
    const char *transform, *plda;         /* xvec_transform.npz, plda.npz */
};

/**
 * Writes model.safetensors and config.json. Tensors keep their public names; PLDA's arrays become
 * plda.{mean_in,lda,mean_out,mean,rows,psi}.
 *
 * @param folder existing, empty
 * @return CHIP_OK; CHIP_E_FORMAT or CHIP_E_UNSUPPORTED if a file is damaged or of another network
 */
CHIP_MUST_CHECK
enum chip_status chip_import_community(const struct chip_community_files *files, const char *folder,
                                       struct chip_err *err);

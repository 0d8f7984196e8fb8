"""Additive angular margin softmax: the right label must win by an angle.

Source: Deng et al. 2019, "ArcFace: Additive Angular Margin Loss", arXiv:1801.07698.
"""
import math

import torch
from torch import nn
from torch.nn import functional

SCALE = 30.0


class Margin(nn.Module):
    """One direction for each label; learnt beside the network and thrown away afterwards."""

    def __init__(self, n_labels, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n_labels, dim))
        nn.init.xavier_normal_(self.weight)

    def forward(self, voices, labels, margin):
        """voices [batch, dim] of any length, labels [batch]. @return (loss, share that is right)"""
        cosine = functional.linear(functional.normalize(voices), functional.normalize(self.weight))
        right = cosine.gather(1, labels[:, None])
        sine = (1 - right * right).clamp(min=1e-7).sqrt()
        turned = right * math.cos(margin) - sine * math.sin(margin)
        # Beyond pi - margin the turned cosine would rise again; a straight line goes on falling.
        fallen = right - margin * math.sin(margin)
        turned = torch.where(right > -math.cos(margin), turned, fallen)
        logits = SCALE * cosine.scatter(1, labels[:, None], turned)
        accuracy = (cosine.argmax(1) == labels).float().mean()
        return functional.cross_entropy(logits, labels), accuracy

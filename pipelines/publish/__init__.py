"""Publication: releases, their manifests, pages and explanations.

Belongs here: everything that happens to rows after the audit said yes.
Does not belong here: any rule about what may be published (data_quality), Dagster.
"""

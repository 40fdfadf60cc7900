# The path tracer on Lambda: the code, the packages of both layers, and Blender. `make image` builds it.
ARG BASE=public.ecr.aws/lambda/python:3.13
FROM ${BASE}
# What Blender links to although it opens no window. A base that has them needs LIBRARIES=true.
ARG LIBRARIES="dnf install -y libX11 libXext libXfixes libXi libXrender libXt libSM libICE libxkbcommon libglvnd-glx && dnf clean all"
RUN sh -c "${LIBRARIES}"
COPY requirements/cycles.txt /tmp/
# Left out: lights for the window of Blender, denoising on graphics cards, and tests. The base may lack find.
RUN python -m pip install --quiet --no-cache-dir --require-hashes --no-deps -r /tmp/cycles.txt \
 && cd /var/lang/lib/python3.13/site-packages \
 && rm -rf bpy/*/datafiles/studiolights bpy/lib/libOpenImageDenoise_device_cuda* bpy/lib/libOpenImageDenoise_device_hip* bpy/lib/libOpenImageDenoise_device_sycl* \
 && python -c 'import pathlib, shutil; [shutil.rmtree(each) for each in list(pathlib.Path().rglob("tests")) if each.is_dir()]'
# sam build has put the packages of the layers and the code there.
COPY .aws-sam/build/CommonLayer/python /var/task
COPY .aws-sam/build/ImagingLayer/python /var/task
COPY functions/cycles_worker /var/task/functions/cycles_worker
# AWS Batch can replace the command of an image, but not its entry point. The function has its own in template.yaml.
ENTRYPOINT []
CMD ["/lambda-entrypoint.sh", "functions.cycles_worker.app.lambda_handler"]

# Two images: `api`, which is the last one and so the default, and `fuseki`, a store for it.
#
#   docker build -t editorial-kg .
#   docker run -p 8000:8000 editorial-kg              # the shipped graph; nobody may write
#   docker run --read-only --tmpfs /tmp -v kg:/var/lib/kg -p 8000:8000 editorial-kg

FROM maven:3.9-eclipse-temurin-21 AS jar
WORKDIR /src
COPY tests/servers/pom.xml ./
RUN mvn -q -B dependency:copy-dependencies -DexcludeTransitive=true \
        -DincludeArtifactIds=jena-fuseki-server -Dmdep.stripVersion=true -DoutputDirectory=/out

FROM eclipse-temurin:21-jre AS fuseki
COPY --from=jar /out/jena-fuseki-server.jar /opt/fuseki/
RUN mkdir /data && chown 10001:10001 /data
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 3030
HEALTHCHECK --interval=5s --start-period=30s CMD ["bash", "-c", "</dev/tcp/127.0.0.1/3030"]
ENTRYPOINT ["java", "-jar", "/opt/fuseki/jena-fuseki-server.jar"]
CMD ["--tdb2", "--loc=/data", "--update", "/ds"]

FROM node:22-slim AS scripts
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend ./
RUN npm run build

FROM python:3.12-slim AS program
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/kg \
    && /opt/kg/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY kg kg
COPY ontology ontology
COPY shapes shapes
COPY articles articles
COPY queries queries
COPY --from=scripts /src/kg/web/static/build kg/web/static/build
RUN /opt/kg/bin/pip install --no-cache-dir --no-deps .

FROM python:3.12-slim AS api
RUN mkdir /var/lib/kg && chown 10001:10001 /var/lib/kg
COPY --from=program /opt/kg /opt/kg
ENV PATH=/opt/kg/bin:$PATH \
    KG_BIND=0.0.0.0:8000 \
    KG_STORE=/var/lib/kg/store \
    KG_TOKENS=/var/lib/kg/tokens.json \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/kg
# A new volume begins with what the image has there, and so with the shipped graph.
RUN kg build
VOLUME /var/lib/kg
EXPOSE 8000
HEALTHCHECK --interval=5s --start-period=15s CMD ["python", "-c", \
    "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["kg"]
CMD ["serve"]

# Gatehouse without its bundled PostgreSQL: bring one by DATABASE_URL (compose.yaml does).
# The version of Node is the one in package.json; a test keeps them together.

FROM node:24.21.0-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node:24.21.0-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force
COPY bin bin
COPY schema schema
COPY LICENSE CHANGELOG.md ./
COPY --from=build /app/dist dist
RUN ln -s /app/bin/gatehouse /usr/local/bin/gatehouse && install -d -o node -g node -m 0700 /data

# By number, so that Kubernetes can see that it is not root; it is the user "node" of the image.
USER 1000:1000
ENV HOST=0.0.0.0 PORT=4000 GATEHOUSE_DATA=/data
VOLUME /data
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--min-semi-space-size=16", "/app/dist/main.js"]
CMD ["start"]

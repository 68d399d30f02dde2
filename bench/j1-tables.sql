-- The tables of the comparison, made anew before each run. They are not ours: pipelines load them by column name.
DROP TABLE IF EXISTS errores, estadisticas, visitantes, bitacora, raw_visitas, cauce_loads, cauce_replays, cauce_periods;

CREATE TABLE errores (
  id BIGINT AUTO_INCREMENT PRIMARY KEY, archivo VARCHAR(80) NOT NULL, linea INT NOT NULL, motivo VARCHAR(120) NOT NULL,
  fila_original TEXT NOT NULL
) ENGINE=InnoDB;

CREATE TABLE estadisticas (
  id BIGINT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, jyv VARCHAR(20), badmail VARCHAR(20), baja VARCHAR(5),
  fecha_envio DATETIME NOT NULL, fecha_open DATETIME NULL, opens INT NOT NULL, opens_virales INT NOT NULL,
  fecha_click DATETIME NULL, clicks INT NOT NULL, clicks_virales INT NOT NULL, links TEXT, ips VARCHAR(255),
  navegadores VARCHAR(255), plataformas VARCHAR(255), archivo VARCHAR(80) NOT NULL
) ENGINE=InnoDB;

CREATE TABLE visitantes (
  email VARCHAR(190) PRIMARY KEY, primera_visita DATETIME NOT NULL, ultima_visita DATETIME NOT NULL,
  visitas_totales INT NOT NULL, visitas_anio INT NOT NULL, visitas_mes INT NOT NULL
) ENGINE=InnoDB;

CREATE TABLE bitacora (
  archivo VARCHAR(80) PRIMARY KEY, filas INT NOT NULL, validas INT NOT NULL, errores INT NOT NULL, estado VARCHAR(30) NOT NULL
) ENGINE=InnoDB;

-- What the floor fills: every field as text, nothing checked.
CREATE TABLE raw_visitas (
  email VARCHAR(190), jyv VARCHAR(20), badmail VARCHAR(20), baja VARCHAR(20), fecha_envio VARCHAR(30),
  fecha_open VARCHAR(30), opens VARCHAR(20), opens_virales VARCHAR(20), fecha_click VARCHAR(30), clicks VARCHAR(20),
  clicks_virales VARCHAR(20), links TEXT, ips VARCHAR(255), navegadores VARCHAR(255), plataformas VARCHAR(255)
) ENGINE=InnoDB;
